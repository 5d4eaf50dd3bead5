namespace Sonde.Host.Services.Linux;

/// <summary>The unit files of a host, as they lie on disk: which there are, and which of them something would start.</summary>
internal sealed class UnitFolder
{
    private const int MaxUnits = 20_000;

    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);
    private readonly int _most;
    private long _leftOut;

    private UnitFolder(int most) => _most = most;

    /// <summary>The file of each unit, by name.</summary>
    internal IReadOnlyDictionary<string, string> Paths => _paths;

    /// <summary>Folders that could not be read, with the system's words, and files beyond the bound.</summary>
    internal List<Gap> Gaps { get; } = [];

    /// <summary>Lists the folders, of which the first that has a unit wins.</summary>
    internal static UnitFolder Read(IReadOnlyList<string> folders, int most = MaxUnits)
    {
        var found = new UnitFolder(most);
        foreach (string folder in folders)
        {
            found.ReadOne(folder);
        }

        if (found._leftOut > 0)
        {
            found.Gaps.Add(new Gap("unit files", ReadingStatus.Failed, "more than the bound allows: they were left out", found._leftOut));
        }

        return found;
    }

    /// <summary>Whether a link makes some other unit start this one.</summary>
    internal bool IsWanted(string name) => _wanted.Contains(name);

    /// <summary>Whether it is linked to nothing, so that it must not start.</summary>
    internal static bool IsMasked(string path) => new FileInfo(path).LinkTarget == "/dev/null";

    /// <summary>Whether it is another name for a unit.</summary>
    internal static bool IsAlias(string path) => new FileInfo(path).LinkTarget is { } target && Path.GetFileName(target) != Path.GetFileName(path);

    private void ReadOne(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        try
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
            {
                string name = Path.GetFileName(entry);
                if (name.EndsWith(".wants", StringComparison.Ordinal) || name.EndsWith(".requires", StringComparison.Ordinal))
                {
                    foreach (string link in Directory.EnumerateFileSystemEntries(entry).Select(static link => Path.GetFileName(link)))
                    {
                        if (!_wanted.Contains(link) && HasRoom(_wanted.Count))
                        {
                            _wanted.Add(link);
                        }
                    }
                }
                else if (UnitWords.KindOf(name) != ServiceKind.Other && !_paths.ContainsKey(name) && HasRoom(_paths.Count))
                {
                    _paths.Add(name, entry);
                }
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Gaps.Add(new Gap("unit files", refused is UnauthorizedAccessException ? ReadingStatus.Denied : ReadingStatus.Failed, $"{folder}: {refused.Message}"));
        }
    }

    // Whether one more fits; what does not is counted.
    private bool HasRoom(int count)
    {
        _leftOut += count < _most ? 0 : 1;
        return count < _most;
    }
}
