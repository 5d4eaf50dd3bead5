namespace Sonde.Packets.Files;

/// <summary>The kinds of pcapng blocks that have a name here; a file may hold any other number.</summary>
public enum PcapNgBlockType : uint
{
    /// <summary>Describes an interface.</summary>
    InterfaceDescription = 1,

    /// <summary>A packet, in the obsolete form that counted drops in 16 bits.</summary>
    ObsoletePacket = 2,

    /// <summary>A packet of interface 0 without a time.</summary>
    SimplePacket = 3,

    /// <summary>Names of addresses.</summary>
    NameResolution = 4,

    /// <summary>Counters of an interface.</summary>
    InterfaceStatistics = 5,

    /// <summary>A packet with its time, interface and options.</summary>
    EnhancedPacket = 6,

    /// <summary>An entry of the systemd journal.</summary>
    SystemdJournal = 9,

    /// <summary>Secrets that decrypt what the packets hold, such as TLS key logs.</summary>
    DecryptionSecrets = 10,

    /// <summary>A vendor's own block that may be copied to files made from this one.</summary>
    Custom = 0x0000_0BAD,

    /// <summary>A vendor's own block that is not to be copied, because it speaks of this file only.</summary>
    CustomNotCopied = 0x4000_0BAD,

    /// <summary>Begins a section, with its byte order.</summary>
    SectionHeader = 0x0A0D_0D0A,
}
