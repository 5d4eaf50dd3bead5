using Sonde.Host.Processes.MacOS;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Tests.Processes.MacOS;

public class MachTimeTests
{
    [Theory]
    [InlineData(125u, 3u, 24_000_000ul, TimeSpan.TicksPerSecond)]
    [InlineData(1u, 1u, 1_000_000_000ul, TimeSpan.TicksPerSecond)]
    [InlineData(1u, 1u, 99ul, 0L)]
    [InlineData(125u, 3u, 1_000_000_000_000_000_000ul, 416_666_666_666_666_666L)] // would overflow 64 bits on the way
    [InlineData(4_000_000_000u, 1u, ulong.MaxValue, long.MaxValue)]
    [InlineData(0u, 0u, 1_000ul, 10L)]
    public void Ticks_of_any_length_and_number_become_time(uint numer, uint denom, ulong ticks, long expected) =>
        Assert.Equal(expected, MachTime.From(new mach_timebase_info { numer = numer, denom = denom }).ToTimeSpanTicks(ticks));
}
