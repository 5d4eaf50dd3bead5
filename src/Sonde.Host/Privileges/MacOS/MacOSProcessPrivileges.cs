using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;

namespace Sonde.Host.Privileges.MacOS;

/// <summary>Root or not, and whether the packet capture devices may be opened: macOS knows no finer rights.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSProcessPrivileges : ProcessPrivileges
{
    private const string NoRights = "macOS has no capabilities";
    private const string Provides = "opening packet capture devices";

    public override IReadOnlyList<BackendStatus> Check()
    {
        DeviceAccess last = ReadDevices()[^1];
        return
        [
            new BackendStatus(Part, "uid", BackendState.Available, "root or not", "geteuid"),
            new BackendStatus(
                Part,
                "bpf devices",
                last.Status switch
                {
                    ReadingStatus.Ok => BackendState.Available,
                    ReadingStatus.Denied => BackendState.Denied,
                    _ => BackendState.Unavailable,
                },
                Provides,
                $"open({last.Device})",
                last.Reason,
                MissingRights: last.Status == ReadingStatus.Denied ? ["root", $"read and write access to {last.Device}"] : []),
        ];
    }

    public override PrivilegeReport Read()
    {
        uint uid = UserId.Effective;
        string number = uid.ToString(CultureInfo.InvariantCulture);
        return new PrivilegeReport
        {
            User = Environment.UserName is { Length: > 0 } name ? name : number,
            UserId = number,
            IsAdministrator = uid == 0,
            IsElevated = Reading.Unsupported<bool>("macOS has no elevation of a running process: root or not tells"),
            IntegrityLevel = Reading.Unsupported<string>("macOS has no integrity levels"),
            NoNewPrivileges = Reading.Unsupported<bool>("macOS has no no_new_privs"),
            Rights = Reading.Unsupported<IReadOnlyList<HeldRight>>(NoRights),
            Devices = Reading.Ok<IReadOnlyList<DeviceAccess>>(ReadDevices()),
        };
    }

    public override PrivilegeDrop Drop(IReadOnlyCollection<string> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        if (keep.Count > 0)
        {
            throw new ArgumentException($"{NoRights}, so there is none named {keep.First()}.", nameof(keep));
        }

        // Root is given up only by becoming somebody else (setuid), and nobody said who that is.
        Gap[] gaps = UserId.Effective == 0
            ? [new Gap("root", ReadingStatus.Unsupported, $"{NoRights}: a process is root as a whole, until it becomes another user")]
            : [];
        return new PrivilegeDrop([], [], Reading.Unsupported<bool>("macOS has no no_new_privs"), gaps);
    }

    /// <summary>Tries the devices as a capture would: on to the next one only while they are in use by others. Never empty.</summary>
    internal static List<DeviceAccess> ReadDevices()
    {
        var devices = new List<DeviceAccess>();
        for (int number = 0; number < BpfDevice.MaxDevices; number++)
        {
            string path = BpfDevice.PathOf(number);
            if (BpfDevice.TryOpen(number, out NativeError error))
            {
                devices.Add(new DeviceAccess(path, ReadingStatus.Ok, null));
                break;
            }

            ReadingStatus status = error.Code switch
            {
                Darwin.EPERM or Darwin.EACCES => ReadingStatus.Denied,
                Darwin.ENOENT or Darwin.ENXIO => ReadingStatus.None,
                _ => ReadingStatus.Failed,
            };
            devices.Add(new DeviceAccess(path, status, error.ToString()));
            if (error.Code != Darwin.EBUSY)
            {
                break;
            }
        }

        return devices;
    }
}
