namespace Sonde.Testing;

/// <summary>Finds files of this repository from a test, wherever the test was built to.</summary>
public static class Repository
{
    /// <summary>The folder that holds Sonde.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of a file of the repository.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        // Set for programs that run far from the sources (the windows lane runs published copies).
        if (Environment.GetEnvironmentVariable("SONDE_ROOT") is { Length: > 0 } told)
        {
            return told;
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Sonde.slnx")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException($"No Sonde.slnx above {AppContext.BaseDirectory}; set SONDE_ROOT to the repository's folder.");
    }
}
