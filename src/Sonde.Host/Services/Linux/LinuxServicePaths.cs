using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;

namespace Sonde.Host.Services.Linux;

/// <summary>Where systemd listens and where its units lie; a test points these elsewhere.</summary>
/// <param name="Booted">The folder that exists only where systemd is the first process (sd_booted(3)).</param>
/// <param name="PrivateSocket">The socket on which systemd itself answers root.</param>
/// <param name="SystemBus">The socket of the D-Bus system bus.</param>
/// <param name="UnitFolders">Where unit files lie, the ones that win first (systemd.unit(5)).</param>
/// <param name="Root">What other systems for services are looked for under.</param>
internal sealed record LinuxServicePaths(string Booted, string PrivateSocket, string SystemBus, IReadOnlyList<string> UnitFolders, string Root)
{
    internal static LinuxServicePaths Default { get; } = new(
        "/run/systemd/system",
        "/run/systemd/private",
        "/run/dbus/system_bus_socket",
        [
            "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient", "/run/systemd/generator.early", "/etc/systemd/system", "/run/systemd/system",
            "/run/systemd/generator", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system", "/run/systemd/generator.late",
        ],
        "/");

    /// <summary>Where the manager of the user who asks listens: in the folder that the login made for him.</summary>
    /// <exception cref="HostException">There is no such folder, or it is another user's: who asks with more rights is not led to a socket of somebody else.</exception>
    [SupportedOSPlatform("linux")]
    internal static LinuxServicePaths OfUser()
    {
        string folder = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } named
            ? named
            : string.Create(CultureInfo.InvariantCulture, $"/run/user/{UserId.Effective}");
        string operation = $"open({folder})";
        uint owner;
        try
        {
            using var opened = ReadableFile.Open(folder);
            owner = opened.Stat().stx_uid;
        }
        catch (NativeException refused)
        {
            throw new HostException(
                HostException.Classify(refused.Error) is HostFailure.NotFound ? HostFailure.Unavailable : HostException.Classify(refused.Error),
                operation,
                null,
                refused.Error.Code,
                HostException.Classify(refused.Error) is HostFailure.NotFound ? "this user has no manager of services: he is not logged in by systemd" : refused.Error.ToString(),
                refused);
        }

        return owner == UserId.Effective
            ? new LinuxServicePaths($"{folder}/systemd", $"{folder}/systemd/private", $"{folder}/bus", [], "/")
            : throw new HostException(HostFailure.AccessDenied, operation, null, 0, $"it belongs to user {owner.ToString(CultureInfo.InvariantCulture)}, not to who asks");
    }
}
