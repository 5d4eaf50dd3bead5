using Sonde.Packets;

namespace Sonde.Link.Windows;

/// <summary>The numbers that libpcap uses for link types in memory (DLT_), which differ here and there from those of files.</summary>
internal static class NpcapLinkType
{
    private const int Rfc1483 = 11; // DLT_ATM_RFC1483
    private const int Raw = 12; // DLT_RAW
    private const int Rfc1483InFiles = 100; // LINKTYPE_ATM_RFC1483

    internal static LinkType Of(int dlt) => dlt switch
    {
        Rfc1483 => (LinkType)Rfc1483InFiles,
        Raw => LinkType.Raw,
        _ => (LinkType)dlt,
    };
}
