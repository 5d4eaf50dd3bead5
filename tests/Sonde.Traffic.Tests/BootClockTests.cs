using System.Runtime.Versioning;
using System.Text;
using Sonde.Traffic.Sources.Linux;

namespace Sonde.Traffic.Tests;

/// <summary>The offsets of a time namespace, as the kernel prints them.</summary>
[SupportedOSPlatform("linux")]
public sealed class BootClockTests
{
    [Theory]
    [InlineData("monotonic           0         0\nboottime            0         0\n", 0)]
    [InlineData("monotonic           7         0\nboottime      1000000  500000000\n", 1_000_000_500_000_000)]
    [InlineData("boottime          -10         0", -10_000_000_000)]
    [InlineData("boottime", 0)]
    [InlineData("boottime x y", 0)]
    [InlineData("", 0)]
    public void The_offset_of_the_time_since_boot_is_found(string text, long offset) => Assert.Equal(offset, BootClock.Parse(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_start_that_nobody_knows_stays_unknown() => Assert.Equal((0UL, 150UL), (KernelOwner.StartOf(0, 1_000_000_000), KernelOwner.StartOf(500_000_000, 1_000_000_000)));
}
