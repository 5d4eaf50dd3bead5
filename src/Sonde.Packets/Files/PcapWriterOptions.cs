namespace Sonde.Packets.Files;

/// <summary>How a classic pcap file is to be written.</summary>
public sealed record PcapWriterOptions
{
    /// <summary>What every packet begins with.</summary>
    public LinkType LinkType { get; init; } = LinkType.Ethernet;

    /// <summary>The most bytes kept of a packet; longer ones are cut.</summary>
    public uint SnapLength { get; init; } = 256 * 1024;

    /// <summary>Nanoseconds, the default, or microseconds for readers of before 2011.</summary>
    public bool Nanoseconds { get; init; } = true;

    /// <summary>Whether numbers are written big-endian.</summary>
    public bool BigEndian { get; init; }

    /// <summary>How many bytes of frame check sequence end each packet (an even number), if that is known.</summary>
    public int? FcsLength { get; init; }

    /// <summary>Whether disposing the writer leaves the stream open.</summary>
    public bool LeaveOpen { get; init; }
}
