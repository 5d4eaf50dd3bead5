using System.Globalization;
using System.Text.Json;

namespace Sonde.Windows.Tests;

/// <summary>What the Linux below Wine says about the same interfaces. The lane hands it in; on a real Windows these tests are skipped.</summary>
internal static class Oracle
{
    /// <summary>The bytes and packets of /proc/net/dev.</summary>
    internal readonly record struct Counters(ulong ReceivedBytes, ulong ReceivedPackets, ulong SentBytes, ulong SentPackets);

    internal static Dictionary<string, Counters> ReadCounters()
    {
        var counters = new Dictionary<string, Counters>(StringComparer.Ordinal);
        foreach (string line in ReadLinuxFile("proc/net/dev").Skip(2))
        {
            string[] halves = line.Split(':', 2);
            ulong[] fields = [.. halves[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(field => ulong.Parse(field, CultureInfo.InvariantCulture))];
            counters.Add(halves[0].Trim(), new Counters(fields[0], fields[1], fields[8], fields[9]));
        }

        return counters;
    }

    internal static string[] ReadLinuxFile(string path)
    {
        string? root = Environment.GetEnvironmentVariable("SONDE_LINUX_ROOT");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "SONDE_LINUX_ROOT is not set: this is no Wine on Linux");
        return File.ReadAllLines(root + path);
    }

    /// <summary>What `ip -j` said when the lane started.</summary>
    internal static JsonElement ReadIp(string variable)
    {
        string? path = Environment.GetEnvironmentVariable(variable);
        Assert.SkipWhen(string.IsNullOrEmpty(path), $"{variable} is not set: there was no ip command to ask");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }
}
