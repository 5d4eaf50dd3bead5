namespace Sonde.Packets.Printing;

/// <summary>What the text of a transport header needs to know of the IP packet around it.</summary>
internal readonly struct IPUpperLayer(
    InternetAddress source, InternetAddress destination, IPProtocol protocol, int length, bool hasOwnEnds, bool isFragment, int depth)
{
    public InternetAddress Source { get; } = source;

    public InternetAddress Destination { get; } = destination;

    public IPProtocol Protocol { get; } = protocol;

    /// <summary>Its length as declared, header included.</summary>
    public int Length { get; } = length;

    /// <summary>Whether the addresses are still to be written, with the ports when there are any.</summary>
    public bool HasOwnEnds { get; } = hasOwnEnds;

    public bool IsFragment { get; } = isFragment;

    /// <summary>How many packets this one is within.</summary>
    public int Depth { get; } = depth;

    /// <summary>"10.0.0.1.5000 > 10.0.0.2.53: ", or the ports alone behind extension headers.</summary>
    public void WriteEnds(ref TextSink sink, int sourcePort, int destinationPort)
    {
        if (HasOwnEnds)
        {
            sink.Append(Source);
            sink.Append('.');
        }

        sink.Append(sourcePort);
        sink.Append(" > ");
        if (HasOwnEnds)
        {
            sink.Append(Destination);
            sink.Append('.');
        }

        sink.Append(destinationPort);
        sink.Append(": ");
    }

    /// <summary>The ends of a packet whose ports were not captured, and what is missing.</summary>
    public void WriteTruncated(ref TextSink sink, string layer)
    {
        if (HasOwnEnds)
        {
            IPText.WriteEnds(ref sink, in this);
            sink.Append(' ');
        }

        sink.Append("[|");
        sink.Append(layer);
        sink.Append(']');
    }
}
