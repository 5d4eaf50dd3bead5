namespace Sonde.Link.Linux;

/// <summary>How far the frames of a block have been taken.</summary>
internal struct RingPosition
{
    /// <summary>Where the next record begins.</summary>
    internal int Offset;

    /// <summary>How many records are left, by the block's own count.</summary>
    internal uint Left;
}
