using Sonde.Packets;

namespace Sonde.Traffic.Names.Reverse;

/// <summary>The host's own list of names: hosts(5), on Windows a file of the same form.</summary>
internal abstract class HostsFile
{
    // A list that is longer serves to block names, and names of blocked hosts are no names of addresses.
    private const int MostBytes = 1 << 20;
    private const int MostNames = 16_384;
    private const int LongestName = 255;

    private static readonly Dictionary<InternetAddress, string> s_none = [];

    private readonly string _path;
    private DateTime _written;
    private Dictionary<InternetAddress, string> _names = s_none;

    private protected HostsFile(string path) => _path = path;

    /// <summary>The file of this system.</summary>
    internal static HostsFile Create() => OperatingSystem.IsWindows() ? new WindowsHostsFile() : new UnixHostsFile();

    /// <summary>The first name of an address; null when it is not in the list.</summary>
    internal string? Find(InternetAddress address) => Volatile.Read(ref _names).GetValueOrDefault(address);

    /// <summary>Reads the file again if it is another one now. One that is not there, may not be read or is too long has no names.</summary>
    internal void Refresh()
    {
        try
        {
            var file = new FileInfo(_path);
            if (file.Exists && file.LastWriteTimeUtc == _written)
            {
                return;
            }

            _written = file.Exists ? file.LastWriteTimeUtc : default;
            Volatile.Write(ref _names, file.Exists && file.Length <= MostBytes ? Parse(File.ReadAllText(_path)) : s_none);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Volatile.Write(ref _names, s_none);
        }
    }

    /// <summary>Lines of an address and its names; the first of both counts. What cannot be understood is passed over, as the system does.</summary>
    internal static Dictionary<InternetAddress, string> Parse(ReadOnlySpan<char> text)
    {
        var names = new Dictionary<InternetAddress, string>();
        foreach (ReadOnlySpan<char> whole in text.EnumerateLines())
        {
            int comment = whole.IndexOf('#');
            ReadOnlySpan<char> line = (comment < 0 ? whole : whole[..comment]).Trim();
            int end = line.IndexOfAny(' ', '\t');
            if (end < 0 || !InternetAddress.TryParse(line[..end], out InternetAddress address))
            {
                continue;
            }

            ReadOnlySpan<char> rest = line[end..].TrimStart();
            int nameEnd = rest.IndexOfAny(' ', '\t');
            ReadOnlySpan<char> name = nameEnd < 0 ? rest : rest[..nameEnd];
            if (name.Length is > 0 and <= LongestName && name.IndexOfAnyExceptInRange('!', '~') < 0 && names.Count < MostNames)
            {
                names.TryAdd(address, name.ToString());
            }
        }

        return names;
    }
}
