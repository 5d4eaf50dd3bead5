using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.Linux;

/// <summary>/proc/PID/limits: a table whose columns stand where its heading says.</summary>
internal static class ProcLimits
{
    private const int MaxLimits = 64;

    internal static Reading<IReadOnlyList<ProcessLimit>> Parse(ReadOnlySpan<byte> text)
    {
        int heading = text.IndexOf((byte)'\n');
        int soft = heading < 0 ? -1 : text[..heading].IndexOf("Soft Limit"u8);
        int hard = heading < 0 ? -1 : text[..heading].IndexOf("Hard Limit"u8);
        int unit = heading < 0 ? -1 : text[..heading].IndexOf("Units"u8);
        if (soft < 0 || hard <= soft || unit <= hard)
        {
            return Reading.Failed<IReadOnlyList<ProcessLimit>>("it is no table of limits");
        }

        var limits = new List<ProcessLimit>();
        ReadOnlySpan<byte> rest = text[(heading + 1)..];
        while (rest.IndexOf((byte)'\n') is >= 0 and var end && limits.Count < MaxLimits)
        {
            ReadOnlySpan<byte> line = rest[..end];
            rest = rest[(end + 1)..];
            if (line.Length >= hard
                && TryLimit(Column(line, soft, hard), out ulong? softLimit)
                && TryLimit(Column(line, hard, unit), out ulong? hardLimit))
            {
                limits.Add(new ProcessLimit(SystemText.Of(Column(line, 0, soft)), softLimit, hardLimit, SystemText.Of(Column(line, unit, line.Length))));
            }
        }

        return limits;
    }

    private static ReadOnlySpan<byte> Column(ReadOnlySpan<byte> line, int from, int to) =>
        from >= line.Length ? default : line[from..Math.Min(to, line.Length)].Trim((byte)' ');

    private static bool TryLimit(ReadOnlySpan<byte> text, out ulong? limit)
    {
        limit = null;
        if (text.SequenceEqual("unlimited"u8))
        {
            return true;
        }

        bool isNumber = new ProcNumbers(text).TryUInt64(out ulong value);
        limit = isNumber ? value : null;
        return isNumber;
    }
}
