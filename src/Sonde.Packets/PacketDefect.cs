namespace Sonde.Packets;

/// <summary>What is wrong with bytes that should have been a header.</summary>
public enum PacketDefect
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The bytes end before the header does: the capture was cut short, or the packet is.</summary>
    Truncated,

    /// <summary>A length field contradicts itself or the header it stands in.</summary>
    BadLength,

    /// <summary>The version field is not the one that this header has.</summary>
    BadVersion,

    /// <summary>The bytes belong to a protocol that is not read here.</summary>
    Unsupported,

    /// <summary>A field holds a value that the protocol forbids.</summary>
    Malformed,

    /// <summary>More headers, options or pointers follow one another than any honest packet has.</summary>
    TooDeep,
}
