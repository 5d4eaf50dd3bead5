using Sonde.Link.MacOS;

namespace Sonde.Link.Tests.MacOS;

public sealed class WrappingCounterTests
{
    [Fact]
    public void A_counter_that_begins_anew_goes_on()
    {
        var counter = new WrappingCounter();

        counter.Advance(0xFFFF_FFF0);
        counter.Advance(0x10);
        counter.Advance(0x10);

        Assert.Equal(0x1_0000_0010, counter.Total);
    }
}
