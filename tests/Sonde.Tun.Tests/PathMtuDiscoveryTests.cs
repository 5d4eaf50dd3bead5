namespace Sonde.Tun.Tests;

public class PathMtuDiscoveryTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(1500)]
    [InlineData(1499)]
    [InlineData(1420)]
    [InlineData(1281)]
    [InlineData(1280)]
    public void It_finds_what_the_path_carries_to_its_precision(int path)
    {
        var discovery = new PathMtuDiscovery(new PathMtuOptions(), _time);

        int probes = Run(discovery, path, TimeSpan.FromSeconds(200));

        Assert.Equal(PathMtuPhase.Complete, discovery.Phase);
        Assert.InRange(discovery.Mtu, path - 8, path);
        Assert.InRange(probes, 1, 40);
    }

    [Fact]
    public void One_lost_probe_is_no_answer()
    {
        var discovery = new PathMtuDiscovery(new PathMtuOptions(), _time);
        Assert.True(discovery.TryTakeProbe(out int first));
        Assert.False(discovery.TryTakeProbe(out _));
        Assert.Equal(TimeSpan.FromSeconds(1), discovery.UntilNext);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(discovery.TryTakeProbe(out int again));

        Assert.Equal(1280, first);
        Assert.Equal(first, again);
    }

    [Fact]
    public void After_the_interval_it_looks_for_more()
    {
        var discovery = new PathMtuDiscovery(new PathMtuOptions(), _time);
        Run(discovery, 1400, TimeSpan.FromSeconds(100));
        int before = discovery.Mtu;
        Assert.Equal(0, Run(discovery, 1500, TimeSpan.FromSeconds(100)));

        Run(discovery, 1500, TimeSpan.FromSeconds(400));

        Assert.True(before <= 1400);
        Assert.Equal(1500, discovery.Mtu);
    }

    [Fact]
    public void Large_packets_that_vanish_in_a_row_are_a_black_hole()
    {
        var discovery = new PathMtuDiscovery(new PathMtuOptions(), _time);
        Run(discovery, 1500, TimeSpan.FromSeconds(10));
        discovery.OnLost(1500);
        discovery.OnLost(1500);
        discovery.OnDelivered(1500);
        discovery.OnLost(1500);
        discovery.OnLost(1200);
        discovery.OnLost(1500);
        Assert.Equal(1500, discovery.Mtu);

        discovery.OnLost(1500);

        Assert.Equal(1280, discovery.Mtu);
        Assert.Equal(1, discovery.BlackHoles);
        Run(discovery, 1350, TimeSpan.FromSeconds(100));
        Assert.InRange(discovery.Mtu, 1342, 1350);
    }

    [Fact]
    public void A_router_is_believed_downwards_and_not_below_the_base()
    {
        var discovery = new PathMtuDiscovery(new PathMtuOptions(), _time);
        Run(discovery, 1500, TimeSpan.FromSeconds(10));
        discovery.OnPacketTooBig(68);
        discovery.OnPacketTooBig(9000);
        Assert.Equal(1500, discovery.Mtu);

        discovery.OnPacketTooBig(1400);

        Assert.Equal(1400, discovery.Mtu);
    }

    [Fact]
    public void Packets_larger_than_the_path_is_known_to_carry_prove_no_black_hole()
    {
        var discovery = new PathMtuDiscovery(new PathMtuOptions(), _time);
        Run(discovery, 1400, TimeSpan.FromSeconds(100));
        int found = discovery.Mtu;
        for (int lost = 0; lost < 10; lost++)
        {
            discovery.OnLost(found + 1);
        }

        Assert.Equal((found, 0), (discovery.Mtu, discovery.BlackHoles));
    }

    [Fact]
    public void A_router_that_names_a_larger_size_than_one_before_takes_nothing_back()
    {
        var discovery = new PathMtuDiscovery(new PathMtuOptions { Largest = 9000 }, _time);
        Assert.True(discovery.TryTakeProbe(out int first));
        discovery.OnProbeAcknowledged(first);
        discovery.OnPacketTooBig(1400);
        discovery.OnPacketTooBig(5000);

        Assert.True(discovery.TryTakeProbe(out int next));
        Assert.InRange(next, first + 1, 1400);
    }

    [Fact]
    public void A_router_is_believed_again_after_a_probe_that_proved_it_wrong()
    {
        var discovery = new PathMtuDiscovery(new PathMtuOptions(), _time);
        Run(discovery, 1500, TimeSpan.FromSeconds(10));
        discovery.OnPacketTooBig(1300);
        discovery.OnProbeAcknowledged(1400);
        Assert.Equal(1400, discovery.Mtu);

        discovery.OnPacketTooBig(1350);

        Assert.Equal(1350, discovery.Mtu);
    }

    [Fact]
    public void A_path_that_carries_nothing_is_unreachable_until_it_answers()
    {
        var discovery = new PathMtuDiscovery(new PathMtuOptions(), _time);
        Run(discovery, 0, TimeSpan.FromSeconds(10));
        Assert.Equal(PathMtuPhase.Unreachable, discovery.Phase);

        Run(discovery, 1500, TimeSpan.FromSeconds(10));

        Assert.Equal(1500, discovery.Mtu);
        Assert.Equal(PathMtuPhase.Complete, discovery.Phase);
    }

    [Fact]
    public void Whatever_is_told_the_answer_stays_between_base_and_largest()
    {
        var random = new Random(9);
        var discovery = new PathMtuDiscovery(new PathMtuOptions { Base = 576, Largest = 9000 }, _time);
        for (int round = 0; round < 50_000; round++)
        {
            int size = random.Next(-10, 70_000);
            switch (random.Next(6))
            {
                case 0:
                    discovery.OnProbeAcknowledged(size % 9500);
                    break;
                case 1:
                    discovery.OnPacketTooBig(size % 9500);
                    break;
                case 2:
                    discovery.OnLost(size % 9500);
                    break;
                case 3:
                    discovery.OnDelivered(size);
                    break;
                case 4:
                    _time.Advance(TimeSpan.FromMilliseconds(random.Next(2000)));
                    break;
                default:
                    if (discovery.TryTakeProbe(out int probe))
                    {
                        Assert.InRange(probe, 576, 9000);
                    }

                    break;
            }

            Assert.InRange(discovery.Mtu, 576, 9000);
            Assert.True(discovery.UntilNext >= TimeSpan.Zero);
        }
    }

    private int Run(PathMtuDiscovery discovery, int path, TimeSpan limit)
    {
        int probes = 0;
        for (TimeSpan elapsed = TimeSpan.Zero; elapsed < limit; elapsed += TimeSpan.FromMilliseconds(100))
        {
            if (discovery.TryTakeProbe(out int size))
            {
                probes++;
                if (size <= path)
                {
                    discovery.OnProbeAcknowledged(size);
                }
            }

            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        return probes;
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        internal void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
