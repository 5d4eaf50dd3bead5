using Sonde.Cli.Output;
using Sonde.Packets;
using Sonde.Packets.Files;

namespace Sonde.Cli.Frames;

/// <summary>One line a frame, as tcpdump prints it.</summary>
internal sealed class LineFramePrinter(CommandOutput output, FrameTimeText clock) : FramePrinter(output)
{
    private const int NameWidth = 5;
    private const int LongestLine = 64 * 1024;

    private char[] _line = new char[4096];

    internal override void Print(in FrameRow row)
    {
        int length = clock.Format(row.TimestampNanoseconds, _line);
        if (length > 0)
        {
            _line[length++] = ' ';
        }

        if (ShowsInterface)
        {
            length += WriteInterface(row, _line.AsSpan(length));
        }

        int written;
        while (!PacketText.TryFormat(row.LinkType, row.Data, row.WireLength, _line.AsSpan(length, _line.Length - length - 1), out written) && _line.Length < LongestLine)
        {
            // Grows once and stays: a line as long as that came, others will.
            Array.Resize(ref _line, _line.Length * 4);
        }

        length += written;
        _line[length++] = '\n';
        Output.Write(_line.AsSpan(0, length));
    }

    internal override void Finish(IReadOnlyList<FrameGap> gaps)
    {
        // For people the gaps are told on standard error, where they stand out.
    }

    // As tcpdump has it for the interface "any": "eth0  In  ".
    private static int WriteInterface(in FrameRow row, Span<char> text)
    {
        var line = new SpanText(text);
        string name = row.InterfaceName is null ? "-" : SafeText.OneLine(row.InterfaceName);
        line.Append(name.AsSpan(0, Math.Min(name.Length, 256)));
        while (line.Length < NameWidth)
        {
            line.Append(' ');
        }

        line.Append(row.Direction switch
        {
            PacketDirection.Inbound => " In  ",
            PacketDirection.Outbound => " Out ",
            _ => " ",
        });
        return line.Length;
    }
}
