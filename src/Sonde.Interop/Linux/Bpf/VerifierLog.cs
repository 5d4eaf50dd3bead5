using System.Text;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>What the verifier said about a program: the whole text, and the few lines of it that tell why it refused.</summary>
/// <remarks>The kernel prints every state that it looked at; the reason stands at the end, before a line of statistics.</remarks>
internal sealed class VerifierLog
{
    private const int TellingLines = 12;
    private const int LineLimit = 400;

    private VerifierLog(string text, bool isTruncated)
    {
        Text = text;
        IsTruncated = isTruncated;
        string[] lines = [.. text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0 && !IsStatistics(line))];
        Telling = [.. lines.TakeLast(TellingLines).Select(line => line.Length <= LineLimit ? line : line[..LineLimit] + "…")];
        LeftOut = lines.Length - Telling.Count;
    }

    /// <summary>Everything that the kernel wrote.</summary>
    internal string Text { get; }

    /// <summary>Whether the kernel had more to say than the buffer took; then the beginning or, on old kernels, the end is missing.</summary>
    internal bool IsTruncated { get; }

    /// <summary>The last lines, which name the instruction and what is wrong with it.</summary>
    internal IReadOnlyList<string> Telling { get; }

    /// <summary>How many lines stand before the telling ones.</summary>
    internal int LeftOut { get; }

    /// <summary>Reads the buffer that the kernel wrote into: text up to a zero.</summary>
    internal static VerifierLog Parse(ReadOnlySpan<byte> buffer, bool isTruncated)
    {
        int end = buffer.IndexOf((byte)0);
        return new VerifierLog(Encoding.UTF8.GetString(end < 0 ? buffer : buffer[..end]), isTruncated);
    }

    /// <summary>The telling lines in one, with how many were left out.</summary>
    public override string ToString()
    {
        string lines = string.Join(" | ", Telling);
        string cut = IsTruncated ? ", log cut short" : string.Empty;
        return LeftOut > 0 || IsTruncated ? $"{lines} ({LeftOut} lines before{cut})" : lines;
    }

    private static bool IsStatistics(string line) =>
        line.StartsWith("processed ", StringComparison.Ordinal)
        || line.StartsWith("verification time ", StringComparison.Ordinal)
        || line.StartsWith("stack depth ", StringComparison.Ordinal);
}
