using Sonde.Tun.Windows;

namespace Sonde.Tun.Tests;

/// <summary>What of the Windows backend needs no Windows.</summary>
public sealed class WindowsTunNameTests
{
    [Fact]
    public void The_GUID_of_a_name_is_always_the_same_and_another_for_another_name_or_type()
    {
        Guid id = WindowsTunName.IdOf("Sonde", "office");

        Assert.Equal(new Guid("6bef6c87-0592-5f4c-819c-9cee573bfa0b"), id);
        Assert.Equal(id, WindowsTunName.IdOf("Sonde", "OFFICE"));
        Assert.NotEqual(id, WindowsTunName.IdOf("Sonde", "office2"));
        Assert.NotEqual(id, WindowsTunName.IdOf("Sonde2", "office"));
        Assert.Equal(5, id.Version);
    }

    [Theory]
    [InlineData("", "at least one")]
    [InlineData("   ", "at least one")]
    [InlineData("a/b", "none of")]
    [InlineData("a\"b", "none of")]
    [InlineData("a\tb", "control")]
    [InlineData("a\0b", "control")]
    [InlineData("half a pair \uD800", "control")]
    public void A_name_that_cannot_be_has_its_reason(string name, string reason) => Assert.Contains(reason, WindowsTunName.WhyNot(name), StringComparison.Ordinal);

    [Fact]
    public void A_name_may_have_127_characters_and_no_more()
    {
        Assert.Null(WindowsTunName.WhyNot(new string('x', 127)));
        Assert.Contains("this one has 128", WindowsTunName.WhyNot(new string('x', 128)), StringComparison.Ordinal);
        Assert.Null(WindowsTunName.WhyNot("Büro 東京 😀"));
    }

    [Fact]
    public void Without_a_name_the_first_free_number_is_taken() => Assert.Equal("sonde2", WindowsTunName.Choose(["Ethernet", "sonde0", "SONDE1", "sonde3"]));

    [Fact]
    public void The_ring_for_a_rate_is_the_next_power_of_two()
    {
        Assert.Equal(16 << 20, TunWindowsOptions.RingCapacityFor(10e9, TimeSpan.FromMilliseconds(10)));
        Assert.Equal(TunWindowsOptions.MinRingCapacity, TunWindowsOptions.RingCapacityFor(1, TimeSpan.FromMilliseconds(10)));
        Assert.Equal(TunWindowsOptions.MaxRingCapacity, TunWindowsOptions.RingCapacityFor(1e15, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Rings_that_were_never_full_get_no_advice_and_full_ones_the_next_size()
    {
        Assert.Null(WindowsRingAdvice.Of(8 << 20, default, 0));
        Assert.Contains("was full 3 times: rings of 16 MiB instead of 8 MiB", WindowsRingAdvice.Of(8 << 20, new TunCounters { FullEvents = 3 }, 0), StringComparison.Ordinal);
        Assert.Contains("dropped 9 packets", WindowsRingAdvice.Of(128 << 10, default, 9), StringComparison.Ordinal);
        Assert.Contains("rings of 256 KiB instead of 128 KiB", WindowsRingAdvice.Of(128 << 10, default, 9), StringComparison.Ordinal);
        Assert.Contains("are the largest", WindowsRingAdvice.Of(64 << 20, new TunCounters { FullEvents = 1 }, 9), StringComparison.Ordinal);
    }

    [Fact]
    public void A_ring_holds_all_that_lies_behind_its_oldest_lease()
    {
        var leases = new RingLeases();
        Assert.Equal(0, leases.Held(1000, out _));
        nint first = leases.Add(11, 1000);
        nint second = leases.Add(22, 1100);
        nint third = leases.Add(33, 1200);

        Assert.Equal(300, leases.Held(1300, out _));
        Assert.Equal(22, leases.Take(second));
        Assert.Equal(300, leases.Held(1300, out _));
        Assert.Equal(11, leases.Take(first));
        Assert.Equal(100, leases.Held(1300, out _));
        Assert.Throws<InvalidOperationException>(() => leases.Take(first));
        Assert.Equal(33, leases.Take(third));
        Assert.Equal(0, leases.Held(1300, out bool isFull));
        Assert.False(isFull);
    }

    [Fact]
    public void Leases_have_an_end_too()
    {
        var leases = new RingLeases();
        for (int round = 0; round < 3; round++)
        {
            nint[] numbers = [.. Enumerable.Range(1, RingLeases.Capacity).Select(slot => leases.Add(slot, slot))];
            leases.Held(0, out bool isFull);
            Assert.True(isFull);
            Array.ForEach(numbers, number => leases.Take(number));
            leases.Held(0, out isFull);
            Assert.False(isFull);
        }
    }

    [Fact]
    public void Rooms_are_numbered_anew_and_given_back_once()
    {
        var rooms = new RingRooms();
        nint one = rooms.Add(5, 100);
        nint other = rooms.Add(6, 200);

        Assert.Equal((5, 100), rooms.Take(one));
        Assert.Throws<InvalidOperationException>(() => rooms.Take(one));
        Assert.Equal(one, rooms.Add(7, 300));
        Assert.Equal((6, 200), rooms.Take(other));
        Assert.Equal((7, 300), rooms.Take(one));
    }
}
