namespace Sonde.Tun;

/// <summary>Why a packet cannot be what its <see cref="TunSegmentation"/> says.</summary>
public enum SegmentationDefect
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>It is empty, or longer than an IP packet can be.</summary>
    BadLength,

    /// <summary>Its first nibble is not the IP version that the description wants.</summary>
    WrongVersion,

    /// <summary>Its IP header does not fit, or does not lead to the transport protocol that the description wants.</summary>
    BadNetworkHeader,

    /// <summary>The transport header does not start where the description says, or does not fit.</summary>
    BadTransportHeader,

    /// <summary>The checksum's place lies outside the packet, or is not that of the protocol.</summary>
    BadChecksumPlace,

    /// <summary>The segment size is zero.</summary>
    NoSegmentSize,

    /// <summary>It has no payload to cut.</summary>
    NoPayload,

    /// <summary>The description names a kind that does not exist.</summary>
    UnknownKind,
}
