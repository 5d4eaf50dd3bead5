using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>Names of users by id, asked for once in a while: one object per user, however many processes are its.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSUserNames(TimeProvider time)
{
    private const int MaxUsers = 16 * 1024;
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(10);

    private readonly Dictionary<uint, ProcessUser> _users = [];
    private long _since;

    /// <summary>Forgets the names when they are old: users are renamed.</summary>
    internal void Refresh()
    {
        long now = time.GetTimestamp();
        if (_users.Count == 0 || time.GetElapsedTime(_since, now) >= s_lifetime)
        {
            _users.Clear();
            _since = now;
        }
    }

    /// <summary>The user with an id.</summary>
    internal ProcessUser Of(uint id)
    {
        if (!_users.TryGetValue(id, out ProcessUser? user))
        {
            if (_users.Count >= MaxUsers)
            {
                _users.Clear();
            }

            byte[]? name = UserDatabase.NameOf(id, out NativeError error);
            user = new ProcessUser(
                id.ToString(CultureInfo.InvariantCulture),
                name is not null ? SystemText.Of(name)
                : error.Code == 0 ? Reading.None<string>("no user has this id")
                : Reading.Failed<string>($"getpwuid_r: {error}"));
            _users.Add(id, user);
        }

        return user;
    }
}
