using System.Globalization;
using System.Text.RegularExpressions;

namespace Sonde.System.Tests.Sockets;

/// <summary>A line of `ss -tunapwemioOH`, taken apart.</summary>
internal sealed partial record SsRow(string Kind, string State, long ReceiveQueue, long SendQueue, string Local, string Remote, string Rest)
{
    /// <summary>The number by which the kernel knows the socket; empty where ss has it from /proc.</summary>
    internal string Cookie => Value("sk") is { } hexadecimal ? ulong.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) : string.Empty;

    internal IEnumerable<(int Pid, int Descriptor)> Owners =>
        OwnerPattern().Matches(Rest).Select(static match => (int.Parse(match.Groups["pid"].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups["fd"].Value, CultureInfo.InvariantCulture)));

    internal static IReadOnlyList<SsRow> Parse(string output)
    {
        var rows = new List<SsRow>();
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', 7, StringSplitOptions.RemoveEmptyEntries);
            rows.Add(new SsRow(
                words[0],
                words[1],
                long.Parse(words[2], CultureInfo.InvariantCulture),
                long.Parse(words[3], CultureInfo.InvariantCulture),
                words[4],
                words[5],
                words.Length > 6 ? words[6] : string.Empty));
        }

        return rows;
    }

    /// <summary>What stands behind "name:", or null.</summary>
    internal string? Value(string name) => Regex.Match(Rest, $@"(?:^|[ (,]){name}:(?<value>[^ )]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)) is { Success: true } match ? match.Groups["value"].Value : null;

    /// <summary>What stands behind "name ", a number with "bps" behind it.</summary>
    internal string? Rate(string name) => Regex.Match(Rest, $@"(?:^| ){name} (?<value>\d+)bps", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)) is { Success: true } match ? match.Groups["value"].Value : null;

    /// <summary>The numbers of skmem:(r0,rb131072,…).</summary>
    internal IReadOnlyDictionary<string, long> Memory =>
        MemoryPattern().Match(Rest) is { Success: true } match
            ? match.Groups["list"].Value.Split(',').ToDictionary(static part => part.TrimEnd("0123456789".ToCharArray()), static part => long.Parse(part.TrimStart("abcdefghijklmnopqrstuvwxyz".ToCharArray()), CultureInfo.InvariantCulture))
            : new Dictionary<string, long>();

    [GeneratedRegex(@"pid=(?<pid>\d+),fd=(?<fd>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex OwnerPattern();

    [GeneratedRegex(@"skmem:\((?<list>[^)]*)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex MemoryPattern();
}
