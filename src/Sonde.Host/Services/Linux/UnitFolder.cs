namespace Sonde.Host.Services.Linux;

/// <summary>The unit files of a host, as they lie on disk: which there are, and which of them something would start.</summary>
internal sealed class UnitFolder
{
    private const int MaxUnits = 20_000;

    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);

    private UnitFolder()
    {
    }

    /// <summary>The file of each unit, by name.</summary>
    internal IReadOnlyDictionary<string, string> Paths => _paths;

    /// <summary>Folders that could not be read, with the system's words.</summary>
    internal List<Gap> Gaps { get; } = [];

    /// <summary>Lists the folders, of which the first that has a unit wins.</summary>
    internal static UnitFolder Read(IReadOnlyList<string> folders)
    {
        var found = new UnitFolder();
        foreach (string folder in folders)
        {
            found.ReadOne(folder);
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
                    _wanted.UnionWith(Directory.EnumerateFileSystemEntries(entry).Select(static link => Path.GetFileName(link)).Take(MaxUnits));
                }
                else if (UnitWords.KindOf(name) != ServiceKind.Other && _paths.Count < MaxUnits)
                {
                    _paths.TryAdd(name, entry);
                }
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Gaps.Add(new Gap("unit files", refused is UnauthorizedAccessException ? ReadingStatus.Denied : ReadingStatus.Failed, $"{folder}: {refused.Message}"));
        }
    }
}
