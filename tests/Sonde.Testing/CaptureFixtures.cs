namespace Sonde.Testing;

/// <summary>Capture files for tests that take all there are.</summary>
public static class CaptureFixtures
{
    /// <summary>Those of this repository, and those of others where they are at hand (SONDE_FIXTURES, or shared/fixtures beside the checkout), in a fixed order.</summary>
    public static IReadOnlyList<string> All()
    {
        string told = Environment.GetEnvironmentVariable("SONDE_FIXTURES") is { Length: > 0 } folder ? folder : Path.Combine(Repository.Root, "..", "shared", "fixtures");
        return
        [
            .. Directory.EnumerateFiles(Repository.PathOf("tests", "fixtures", "pcap"), "*.pcap").Order(StringComparer.Ordinal),
            .. Directory.Exists(told) ? Directory.EnumerateFiles(told, "*.pcap*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : Enumerable.Empty<string>(),
        ];
    }
}
