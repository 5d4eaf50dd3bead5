using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Linux;

/// <summary>Names of users by id, from the system's own file; read again when it changed. One object per user, however many processes are its.</summary>
[SupportedOSPlatform("linux")]
internal sealed class UserNames(string path)
{
    private const int MaxBytes = 16 * 1024 * 1024;
    private const int MaxUsers = 64 * 1024;

    private readonly byte[] _path = System.Text.Encoding.UTF8.GetBytes(path);
    private readonly Dictionary<uint, ProcessUser> _users = [];
    private Dictionary<uint, string> _names = [];
    private (ulong Inode, long Seconds, uint Nanoseconds, ulong Size) _version;
    private string _absent = string.Empty;

    /// <summary>Reads the file again if it is another one than before.</summary>
    internal void Refresh()
    {
        (ulong, long, uint, ulong) version = ProcFiles.StatOwn(_path, out statx facts) == 0
            ? (facts.stx_ino, facts.stx_mtime.tv_sec, facts.stx_mtime.tv_nsec, facts.stx_size)
            : default;
        if (version == _version && _absent.Length > 0)
        {
            return;
        }

        _version = version;
        _users.Clear();
        try
        {
            byte[] text = LibC.ReadFile(path, MaxBytes, out bool truncated);
            _names = PasswordFile.Parse(text);
            _absent = truncated ? $"{path} is too long to be read whole" : $"{path} has no name for it";
        }
        catch (NativeException refused)
        {
            _names = [];
            _absent = $"{path}: {refused.Error}";
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

            user = new ProcessUser(
                id.ToString(CultureInfo.InvariantCulture),
                _names.TryGetValue(id, out string? name) ? name : Reading.None<string>(_absent));
            _users.Add(id, user);
        }

        return user;
    }
}
