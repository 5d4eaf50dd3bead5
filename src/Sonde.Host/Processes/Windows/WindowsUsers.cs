using System.Runtime.Versioning;
using Sonde.Host.Privileges.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>Names of users by SID, asked once each: a name that a domain must be asked for may take seconds. One object per user, however many processes are its.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsUsers
{
    private const int MaxUsers = 16 * 1024;
    private readonly Dictionary<string, ProcessUser> _users = new(StringComparer.Ordinal);

    internal ProcessUser Of(SecurityId sid)
    {
        string id = sid.ToString();
        if (!_users.TryGetValue(id, out ProcessUser? user))
        {
            if (_users.Count >= MaxUsers)
            {
                _users.Clear();
            }

            user = new ProcessUser(id, NameOf(sid));
            _users.Add(id, user);
        }

        return user;
    }

    private static Reading<string> NameOf(SecurityId sid)
    {
        try
        {
            return AccountNames.OfAccount(sid.Bytes);
        }
        catch (NativeException refused)
        {
            return refused.Error.Code == Win32.ERROR_NONE_MAPPED
                ? Reading.None<string>("no account has this SID any more, or none that this host knows")
                : Reading.Failed<string>(refused.Message);
        }
    }
}
