using Sonde.Testing;

namespace Sonde.Packets.Tests.Files;

/// <summary>Captures made by others, which lie beside the repository and not in it.</summary>
internal static class Fixtures
{
    /// <summary>Every capture file there, in a fixed order; skips the test where there are none.</summary>
    internal static IReadOnlyList<string> All()
    {
        string folder = Environment.GetEnvironmentVariable("SONDE_FIXTURES") is { Length: > 0 } told
            ? told
            : Path.Combine(Repository.Root, "..", "shared", "fixtures");
        Assert.SkipUnless(Directory.Exists(folder), $"No captures of others at {folder}; SONDE_FIXTURES names their folder.");
        string[] files = [.. Directory.EnumerateFiles(folder, "*.pcap*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(files);
        return files;
    }
}
