using Sonde.Packets.Files;

namespace Sonde.Link.MacOS;

/// <summary>One frame in what a BPF device returned: where its bytes lie, and what the kernel says of it.</summary>
/// <param name="Start">Where the frame's bytes begin.</param>
/// <param name="Length">How many of them there are.</param>
/// <param name="WireLength">How long the frame was; never less than <paramref name="Length"/>.</param>
/// <param name="TimestampNanoseconds">When, since 1970-01-01 UTC; a whole number of microseconds.</param>
/// <param name="Direction">Which way it went; unknown without the extended header.</param>
internal readonly record struct BpfRecord(int Start, int Length, int WireLength, long TimestampNanoseconds, PacketDirection Direction);
