using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Privileges.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>What the access token of a process says: who it is and what it may do.</summary>
[SupportedOSPlatform("windows")]
internal sealed class TokenReader(WindowsUsers users)
{
    private const string TooShort = "the answer is too short";
    private const int MaxNames = 1024;
    private readonly Win32Buffer _buffer = new(1024);
    private readonly Dictionary<(uint Low, int High), string> _privilegeNames = [];

    /// <summary>Opens the token.</summary>
    /// <returns>A Win32 error; ERROR_SUCCESS with a token.</returns>
    internal static int Open(ProcessHandle process, out AccessToken? token) => AccessToken.TryOpen(process, AdvApi32.TOKEN_QUERY, out token);

    internal Reading<ProcessUser> ReadUser(AccessToken token) => Ask(
        token, TOKEN_INFORMATION_CLASS.TokenUser, answer => TokenAnswers.TryReadSid(answer, out SecurityId sid) ? users.Of(sid) : Reading.Failed<ProcessUser>(TooShort));

    internal Reading<IReadOnlyList<string>> ReadGroups(AccessToken token) => Ask(
        token, TOKEN_INFORMATION_CLASS.TokenGroups, static answer => Reading.Ok<IReadOnlyList<string>>(TokenAnswers.Groups(answer)));

    /// <summary>The logon session.</summary>
    internal static Reading<ulong> ReadLogon(AccessToken token)
    {
        int error = token.TryQuery(TOKEN_INFORMATION_CLASS.TokenStatistics, out TOKEN_STATISTICS statistics);
        return error == Win32.ERROR_SUCCESS
            ? ((ulong)(uint)statistics.AuthenticationId.HighPart << 32) | statistics.AuthenticationId.LowPart
            : WindowsReasons.AbsentWin32<ulong>(error);
    }

    internal WindowsToken Read(AccessToken token)
    {
        Reading<uint> integrity = Ask(
            token,
            TOKEN_INFORMATION_CLASS.TokenIntegrityLevel,
            static answer => TokenAnswers.TryReadSid(answer, out SecurityId label) ? Reading.Ok(label.RelativeId) : Reading.Failed<uint>(TooShort));
        return new WindowsToken(
            integrity,
            integrity.Select(TokenWords.LevelOf),
            ReadFlag(token, TOKEN_INFORMATION_CLASS.TokenElevation),
            ReadNumber(token, TOKEN_INFORMATION_CLASS.TokenElevationType).Select(TokenWords.ElevationOf),
            Ask(token, TOKEN_INFORMATION_CLASS.TokenPrivileges, answer => Reading.Ok<IReadOnlyList<WindowsPrivilege>>(ReadPrivileges(answer))),
            ReadFlag(token, TOKEN_INFORMATION_CLASS.TokenIsAppContainer),
            Ask(token, TOKEN_INFORMATION_CLASS.TokenAppContainerSid, ReadAppContainer),
            ReadNumber(token, TOKEN_INFORMATION_CLASS.TokenSessionId),
            ReadLogon(token),
            ReadFlag(token, TOKEN_INFORMATION_CLASS.TokenVirtualizationEnabled),
            ReadFlag(token, TOKEN_INFORMATION_CLASS.TokenUIAccess));
    }

    // A null pointer is the answer of a process that is in none.
    private static Reading<string> ReadAppContainer(AddressedBytes answer) =>
        !NativeStruct.TryRead(answer.Bytes, out TOKEN_APPCONTAINER_INFORMATION information) ? Reading.Failed<string>(TooShort)
        : information.TokenAppContainer == 0 ? Reading.None<string>("it is in no app container")
        : answer.TryFollow(information.TokenAppContainer, out ReadOnlySpan<byte> bytes) && SecurityId.TryParse(bytes, out SecurityId sid) ? sid.ToString()
        : Reading.Failed<string>(TooShort);

    private static Reading<uint> ReadNumber(AccessToken token, TOKEN_INFORMATION_CLASS what)
    {
        int error = token.TryQuery(what, out uint number);
        return error == Win32.ERROR_SUCCESS ? number : WindowsReasons.AbsentWin32<uint>(error);
    }

    private static Reading<bool> ReadFlag(AccessToken token, TOKEN_INFORMATION_CLASS what) => ReadNumber(token, what).Select(static number => number != 0);

    private WindowsPrivilege[] ReadPrivileges(AddressedBytes answer) =>
        [.. TokenAnswers.Privileges(answer.Bytes).Select(one => TokenWords.ToPrivilege(NameOf(one.Luid), one.Attributes))];

    private string NameOf(LUID privilege)
    {
        if (!_privilegeNames.TryGetValue((privilege.LowPart, privilege.HighPart), out string? name))
        {
            if (_privilegeNames.Count >= MaxNames)
            {
                _privilegeNames.Clear();
            }

            try
            {
                name = AccountNames.OfPrivilege(privilege);
            }
            catch (NativeException)
            {
                // One that is newer than the list of names must not hide the others.
                name = string.Create(CultureInfo.InvariantCulture, $"LUID {privilege.HighPart}:{privilege.LowPart}");
            }

            _privilegeNames.Add((privilege.LowPart, privilege.HighPart), name);
        }

        return name;
    }

    private delegate Reading<T> Parse<T>(AddressedBytes answer);

    private Reading<T> Ask<T>(AccessToken token, TOKEN_INFORMATION_CLASS what, Parse<T> parse)
    {
        try
        {
            return parse(token.Query(what, _buffer));
        }
        catch (NativeException refused)
        {
            return WindowsReasons.AbsentWin32<T>(refused.Error.Code);
        }
    }
}
