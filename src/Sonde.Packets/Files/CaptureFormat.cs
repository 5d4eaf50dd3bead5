namespace Sonde.Packets.Files;

/// <summary>The formats of capture files that are read and written here.</summary>
public enum CaptureFormat
{
    /// <summary>Neither pcap nor pcapng.</summary>
    Unknown = 0,

    /// <summary>Classic pcap: one file header, one interface, packets.</summary>
    Pcap,

    /// <summary>pcapng: blocks of packets, interfaces, names, statistics, secrets and whatever else a writer adds.</summary>
    PcapNg,
}
