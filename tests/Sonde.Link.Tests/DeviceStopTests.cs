using Sonde.Testing;

namespace Sonde.Link.Tests;

public sealed class DeviceStopTests
{
    [Fact]
    public void Waits_with_the_same_token_allocate_nothing()
    {
        using var stop = new DeviceStop();
        using var source = new CancellationTokenSource();
        stop.For(source.Token);
        object first = stop.For(source.Token);

        Assert.Equal(0, AllocationWatch.Least(() =>
        {
            for (int round = 0; round < 1000; round++)
            {
                stop.For(source.Token);
            }
        }));
        Assert.Same(first, stop.For(source.Token));
    }
}
