using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Privileges.Windows;

/// <summary>What the access token of this process says, and removing privileges from it.</summary>
/// <remarks>
/// Privileges belong to the process, not to a thread, so removing them reaches every thread at once. SeChangeNotifyPrivilege
/// is removed like the others unless it is kept: without it, opening a file needs the right to pass every folder above it.
/// </remarks>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProcessPrivileges : ProcessPrivileges
{
    internal const string BackendName = "token";

    private const string Provides = "user, Administrators, elevation, integrity level, privileges";
    private const string NoSuchSwitch = "Windows has no such switch: a child process gets this token, without what was removed from it";

    public override IReadOnlyList<BackendStatus> Check()
    {
        try
        {
            using AccessToken token = AccessToken.OpenOwn(AdvApi32.TOKEN_QUERY);
            var buffer = new Win32Buffer(1024);

            // A limited token is how User Account Control starts an administrator's programs.
            bool limited = NativeStruct.TryRead(token.Query(TOKEN_INFORMATION_CLASS.TokenElevationType, buffer).Bytes, out int type)
                && type == AdvApi32.TokenElevationTypeLimited;
            return
            [
                new BackendStatus(
                    Part,
                    BackendName,
                    BackendState.Available,
                    Provides,
                    "GetTokenInformation",
                    limited ? "the token is limited: the user is an administrator, this process is not elevated" : null),
            ];
        }
        catch (NativeException refused)
        {
            return [BackendStatus.From(Part, BackendName, Provides, HostException.From(refused))];
        }
    }

    public override PrivilegeReport Read()
    {
        try
        {
            using AccessToken token = AccessToken.OpenOwn(AdvApi32.TOKEN_QUERY);
            var buffer = new Win32Buffer(1024);
            AddressedBytes user = token.Query(TOKEN_INFORMATION_CLASS.TokenUser, buffer);
            if (!TokenAnswers.TryReadSid(user, out SecurityId sid))
            {
                throw new HostException(HostFailure.System, "GetTokenInformation(TokenUser)", null, 0, "the answer holds no security identifier");
            }

            string id = sid.ToString();
            return new PrivilegeReport
            {
                User = NameOf(sid) ?? id,
                UserId = id,
                IsAdministrator = TokenAnswers.HasAdministrators(token.Query(TOKEN_INFORMATION_CLASS.TokenGroups, buffer)),
                IsElevated = ReadElevation(token, buffer),
                IntegrityLevel = ReadIntegrity(token, buffer),
                NoNewPrivileges = Reading.Unsupported<bool>(NoSuchSwitch),
                Rights = ReadRights(token, buffer),
                Devices = Reading.Unsupported<IReadOnlyList<DeviceAccess>>("Sonde needs no device files on Windows"),
            };
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    public override PrivilegeDrop Drop(IReadOnlyCollection<string> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        foreach (string name in keep)
        {
            if (!AccountNames.IsPrivilege(name))
            {
                throw new ArgumentException($"'{name}' is no privilege of this system.", nameof(keep));
            }
        }

        try
        {
            using AccessToken token = AccessToken.OpenOwn(AdvApi32.TOKEN_QUERY | AdvApi32.TOKEN_ADJUST_PRIVILEGES);
            var buffer = new Win32Buffer(1024);
            List<(LUID Luid, string Name)> before = ReadPrivileges(token, buffer);
            LUID[] unwanted = [.. before.Where(right => !IsKept(right.Name)).Select(static right => right.Luid)];
            if (unwanted.Length > 0)
            {
                token.RemovePrivileges(unwanted);
            }

            // The call succeeds even when it did less than asked (ERROR_NOT_ALL_ASSIGNED): only reading again tells.
            HashSet<string> after = [.. ReadPrivileges(token, buffer).Select(static right => right.Name)];
            return new PrivilegeDrop(
                [.. before.Select(static right => right.Name).Where(name => !after.Contains(name))],
                [.. after.Where(IsKept)],
                Reading.Unsupported<bool>(NoSuchSwitch),
                [.. after.Where(name => !IsKept(name)).Select(static name => new Gap(name, ReadingStatus.Failed, "the system did not remove it", 1))]);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        bool IsKept(string name) => keep.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    private static List<(LUID Luid, string Name)> ReadPrivileges(AccessToken token, Win32Buffer buffer) =>
    [
        .. TokenAnswers.Privileges(token.Query(TOKEN_INFORMATION_CLASS.TokenPrivileges, buffer).Bytes)
            .Select(static right => (right.Luid, NameOf(right.Luid))),
    ];

    // A privilege newer than the list of names is shown by its number; it must not hide the others.
    private static string NameOf(LUID privilege)
    {
        try
        {
            return AccountNames.OfPrivilege(privilege);
        }
        catch (NativeException refused) when (refused.Error.Code == Win32.ERROR_NO_SUCH_PRIVILEGE)
        {
            return string.Create(CultureInfo.InvariantCulture, $"LUID {privilege.HighPart}:{privilege.LowPart}");
        }
    }

    private static Reading<IReadOnlyList<HeldRight>> ReadRights(AccessToken token, Win32Buffer buffer)
    {
        try
        {
            return Reading.Ok<IReadOnlyList<HeldRight>>(
            [
                .. TokenAnswers.Privileges(token.Query(TOKEN_INFORMATION_CLASS.TokenPrivileges, buffer).Bytes)
                    .Select(static right => new HeldRight(
                        NameOf(right.Luid),
                        (right.Attributes & AdvApi32.SE_PRIVILEGE_ENABLED) != 0)),
            ]);
        }
        catch (NativeException refused)
        {
            return Win32Reading.From<IReadOnlyList<HeldRight>>(refused);
        }
    }

    private static Reading<bool> ReadElevation(AccessToken token, Win32Buffer buffer)
    {
        try
        {
            return NativeStruct.TryRead(token.Query(TOKEN_INFORMATION_CLASS.TokenElevation, buffer).Bytes, out TOKEN_ELEVATION elevation)
                ? elevation.TokenIsElevated != 0
                : Reading.Failed<bool>("the answer is too short");
        }
        catch (NativeException refused)
        {
            return Win32Reading.From<bool>(refused);
        }
    }

    private static Reading<string> ReadIntegrity(AccessToken token, Win32Buffer buffer)
    {
        try
        {
            return TokenAnswers.TryReadSid(token.Query(TOKEN_INFORMATION_CLASS.TokenIntegrityLevel, buffer), out SecurityId label)
                ? TokenAnswers.IntegrityName(label.RelativeId)
                : Reading.Failed<string>("the answer holds no security identifier");
        }
        catch (NativeException refused)
        {
            return Win32Reading.From<string>(refused);
        }
    }

    // Nobody may know the account any more (deleted, or of a domain that does not answer): then the SID is its name.
    private static string? NameOf(SecurityId sid)
    {
        try
        {
            return AccountNames.OfAccount(sid.Bytes);
        }
        catch (NativeException)
        {
            return null;
        }
    }
}
