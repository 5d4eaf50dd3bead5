namespace Sonde.Packets.Files;

/// <summary>What a reader of capture files has seen so far, and what it had to leave out.</summary>
public readonly record struct CaptureReadCounters
{
    /// <summary>Packets handed out.</summary>
    public long Packets { get; init; }

    /// <summary>Packets and blocks that were passed over because they are larger than the reader accepts.</summary>
    public long TooLarge { get; init; }

    /// <summary>Packet blocks that contradict themselves, for instance with more captured bytes than the block holds.</summary>
    public long Malformed { get; init; }

    /// <summary>Packets of interfaces that no block describes, or beyond the most that are remembered.</summary>
    public long UnknownInterface { get; init; }

    /// <summary>Blocks whose options do not end as they should; what stands before the fault was used.</summary>
    public long MalformedOptions { get; init; }

    /// <summary>Everything that is in the file and was not handed out as a packet although it was meant as one.</summary>
    public long Skipped => TooLarge + Malformed + UnknownInterface;
}
