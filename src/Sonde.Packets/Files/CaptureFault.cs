namespace Sonde.Packets.Files;

/// <summary>Why a capture file could not be read, or not to its end.</summary>
public enum CaptureFault
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>There is not a single byte.</summary>
    Empty,

    /// <summary>The first bytes belong to no capture format that is known here.</summary>
    UnknownFormat,

    /// <summary>The first bytes name a relative of pcap, or a compressed or foreign file, that is known but not read.</summary>
    UnsupportedVariant,

    /// <summary>The format's version is not one that is read here.</summary>
    UnsupportedVersion,

    /// <summary>The bytes end within the file header.</summary>
    TruncatedHeader,

    /// <summary>The bytes end within a record or block.</summary>
    TruncatedRecord,

    /// <summary>The section header's byte-order mark is neither order's.</summary>
    BadByteOrder,

    /// <summary>A block's length is impossible: shorter than an empty block, or no multiple of four.</summary>
    BadLength,

    /// <summary>The lengths at the start and at the end of a block disagree.</summary>
    LengthsDisagree,

    /// <summary>A record is larger than the reader was told to accept, and reading cannot go on without it.</summary>
    TooLarge,
}
