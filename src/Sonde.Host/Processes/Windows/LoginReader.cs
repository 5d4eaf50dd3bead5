using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>The logon session of a process. Sessions are few and stay what they are: each is asked for once.</summary>
[SupportedOSPlatform("windows")]
internal sealed class LoginReader
{
    private const int MaxSessions = 4096;
    private const string Denied = "only its own user and administrators may ask for this logon session";
    private readonly Dictionary<ulong, ProcessLogin> _logins = [];

    internal Reading<ProcessLogin> Read(Reading<ulong> session)
    {
        if (!session.TryGetValue(out ulong id))
        {
            return session.Select(static _ => default(ProcessLogin)!); // a reason stays what it is
        }

        if (!_logins.TryGetValue(id, out ProcessLogin? login))
        {
            if (_logins.Count >= MaxSessions)
            {
                _logins.Clear();
            }

            int status = LogonSession.Read(id, out LogonSession found);
            login = new ProcessLogin(
                Reading.Unsupported<uint>("Windows has no audit id: the user is that of the token"),
                id,
                status >= 0 ? KindOf(found.Type) : Absent(status),
                status < 0 ? Absent(status) : found.Package.Length > 0 ? found.Package : Reading.None<string>("none vouched for it"));
            _logins.Add(id, login);
        }

        return login;
    }

    /// <summary>SECURITY_LOGON_TYPE in words.</summary>
    internal static string KindOf(uint type) => type switch
    {
        0 => "system",
        2 => "interactive",
        3 => "network",
        4 => "batch",
        5 => "service",
        7 => "unlock",
        8 => "network-cleartext",
        9 => "new-credentials",
        10 => "remote-interactive",
        11 => "cached-interactive",
        12 => "cached-remote-interactive",
        13 => "cached-unlock",
        _ => type.ToString(CultureInfo.InvariantCulture),
    };

    private static Reading<string> Absent(int status) =>
        WindowsReasons.StatusOf(status) == ReadingStatus.Denied ? Reading.Denied<string>(Denied) : WindowsReasons.Absent<string>(status);
}
