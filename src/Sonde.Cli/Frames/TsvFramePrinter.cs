using Sonde.Cli.Output;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Headers;

namespace Sonde.Cli.Frames;

/// <summary>A header line, then the fields of a frame a line, ended by the line that is printed for people.</summary>
internal sealed class TsvFramePrinter : FramePrinter
{
    private const string Header =
        "number\ttime\tinterface\tdirection\tcaptured_length\twire_length\tlink_type\tvlan\tethertype\tsource\tsource_port\tdestination\tdestination_port\t"
        + "protocol\ttcp_flags\tpayload_length\tapplication\tname\ttext\n";

    private const int NameRoom = 1024;
    private const int TextRoom = 64 * 1024;

    private readonly char[] _line = new char[(2 * TextRoom) + (8 * NameRoom)]; // a backslash is doubled in a cell
    private readonly char[] _text = new char[TextRoom];

    internal TsvFramePrinter(CommandOutput output)
        : base(output) => output.Write(Header);

    internal override void Print(in FrameRow row)
    {
        PacketSummary.TryRead(row.LinkType, row.Data, row.WireLength, out PacketSummary summary);
        bool hasNetwork = summary.Depth >= PacketDepth.Network;
        bool hasPorts = summary.Depth == PacketDepth.Transport && summary.Protocol is not (IPProtocol.Icmp or IPProtocol.IcmpV6);
        FrameApplication application = FrameApplication.Find(in summary, row.Data);

        var line = new SpanText(_line);
        line.Append(row.Number);
        AppendTime(ref line, row.TimestampNanoseconds);
        AppendText(ref line, row.InterfaceName);
        AppendText(ref line, row.Direction == PacketDirection.Unknown ? null : FrameWords.Of(row.Direction));
        AppendNumber(ref line, row.Data.Length);
        AppendNumber(ref line, row.WireLength);
        AppendWord(ref line, FrameWords.Of(row.LinkType), (int)row.LinkType);
        AppendNumber(ref line, summary.Vlan, hasValue: summary.Vlan != LinkHeader.NoVlan);
        if (summary.EtherType == EtherType.None)
        {
            AppendText(ref line, null);
        }
        else
        {
            AppendWord(ref line, FrameWords.Of(summary.EtherType), (int)summary.EtherType);
        }

        AppendAddress(ref line, summary.SourceAddress, hasNetwork);
        AppendNumber(ref line, summary.SourcePort, hasPorts);
        AppendAddress(ref line, summary.DestinationAddress, hasNetwork);
        AppendNumber(ref line, summary.DestinationPort, hasPorts);
        AppendText(ref line, hasNetwork ? FrameWords.Of(summary.Protocol) : null);
        AppendFlags(ref line, in summary, hasPorts && summary.Protocol == IPProtocol.Tcp);
        AppendNumber(ref line, summary.PayloadLength, hasNetwork);
        AppendText(ref line, application.Kind == ApplicationKind.None ? null : FrameWords.Of(application.Kind));
        AppendCell(ref line, _text.AsSpan(0, application.FormatName(_text.AsSpan(0, NameRoom), decrypt: true)));
        PacketText.TryFormat(row.LinkType, row.Data, row.WireLength, _text, out int length);
        AppendCell(ref line, _text.AsSpan(0, length));
        line.Append('\n');
        Output.Write(_line.AsSpan(0, line.Length));
    }

    internal override void Finish(IReadOnlyList<FrameGap> gaps)
    {
        // A table has no place for what is missing: standard error tells it.
    }

    private static void AppendTime(ref SpanText line, long? timestampNanoseconds)
    {
        Span<char> text = stackalloc char[FrameTimeText.MaxLength];
        AppendText(ref line, timestampNanoseconds is long time ? text[..FrameTimeText.FormatIso(time, text)] : "-");
    }

    private static void AppendText(ref SpanText line, string? text)
    {
        if (text is null)
        {
            AppendText(ref line, "-".AsSpan());
        }
        else
        {
            AppendCell(ref line, text);
        }
    }

    private static void AppendText(ref SpanText line, scoped ReadOnlySpan<char> text)
    {
        line.Append('\t');
        line.Append(text);
    }

    private static void AppendNumber(ref SpanText line, long number, bool hasValue = true)
    {
        line.Append('\t');
        if (hasValue)
        {
            line.Append(number);
        }
        else
        {
            line.Append('-');
        }
    }

    private static void AppendWord(ref SpanText line, string? word, int number)
    {
        if (word is null)
        {
            AppendNumber(ref line, number);
        }
        else
        {
            AppendText(ref line, word.AsSpan());
        }
    }

    private static void AppendAddress(ref SpanText line, InternetAddress address, bool hasValue)
    {
        Span<char> text = stackalloc char[InternetAddress.MaxTextLength];
        AppendText(ref line, hasValue && address.TryFormat(text, out int length) ? text[..length] : "-");
    }

    private static void AppendFlags(ref SpanText line, ref readonly PacketSummary summary, bool hasValue)
    {
        Span<char> text = stackalloc char[16];
        AppendText(ref line, hasValue ? text[..FrameWords.Format(summary.TcpFlags, text)] : "-");
    }

    // Only text that a terminal might obey costs a string.
    private static void AppendCell(ref SpanText line, scoped ReadOnlySpan<char> text)
    {
        line.Append('\t');
        if (text.IsEmpty)
        {
            line.Append('-');
        }
        else if (text.Contains('\\') || SafeText.NeedsEscape(text))
        {
            string cell = SafeText.TsvCell(text.ToString());
            line.Append(cell.AsSpan(0, Math.Min(cell.Length, 2 * TextRoom)));
        }
        else
        {
            line.Append(text);
        }
    }
}
