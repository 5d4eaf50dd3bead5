namespace Sonde.Cli.Frames;

/// <summary>How many frames, and how long they were on the wire together.</summary>
internal readonly record struct FrameCount(long Packets, long Bytes)
{
    internal FrameCount Add(int wireLength) => new(Packets + 1, Bytes + wireLength);

    public static FrameCount operator +(FrameCount left, FrameCount right) => new(left.Packets + right.Packets, left.Bytes + right.Bytes);
}
