using System.Diagnostics;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.Linux;
using Sonde.Host.Resolvers.Linux;
using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>The rung without netlink against the one with it, on the real kernel: what both know must be the same.</summary>
public sealed class ProcRungTests
{
    private const string Setup = """
        set -e
        echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad
        ip link add v0 type veth peer name v1
        ip link add br0 type bridge
        ip link add v2 type veth peer name v3
        ip link set v2 master br0
        ip link add link v0 name mv0 type macvlan mode bridge
        ip tuntap add dev tun0 mode tun
        ip link add "$(printf 'o\377d|')" type veth peer name "a.b-c_012345678"
        ip link set v0 mtu 9000 address 02:00:00:00:00:05
        for i in v0 v1 br0 v2 v3 mv0 tun0; do ip link set $i up; done
        ip addr add 10.1.0.1/24 broadcast 10.1.0.255 dev br0
        ip addr add 10.1.0.2/24 dev br0 label br0:second
        ip addr add 10.1.0.3/8 dev br0
        ip addr add 10.2.0.1 peer 10.2.0.2/32 dev tun0
        ip addr add 10.4.0.1/24 valid_lft 3600 preferred_lft 1800 dev v0
        for i in $(seq 1 150); do echo "addr add 10.9.$i.1/24 dev v1"; done | ip -batch -
        ip -6 addr add fd00:1::1/64 nodad dev br0
        ip -6 addr add fd00:1::2/64 nodad valid_lft 7200 preferred_lft 0 dev br0
        ip -6 addr add fd00:1::3/64 nodad noprefixroute dev br0
        ip -6 addr add fd00:2::1 peer fd00:2::2/128 dev tun0 nodad
        ip route add default via 10.1.0.254 dev br0 metric 50
        ip route add default via 10.4.0.254 dev v0 metric 100 proto static
        ip route add default dev tun0 metric 200
        ip route add default via inet6 fe80::9 dev br0 metric 250
        ip -6 route add default via fd00:1::fe dev br0 metric 512
        ip -6 route add default dev tun0 metric 4000000000
        ip route add default via 10.1.0.253 dev br0 table 77
        ip route add unreachable default metric 4000
        ip -6 route add unreachable default metric 5000
        """;

    private const AddressState NotInFile = AddressState.ManagesTemporary | AddressState.NoPrefixRoute | AddressState.AutoJoin;

    [Fact]
    public void What_both_rungs_know_is_the_same()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell(Setup);

        (InterfaceSnapshot before, InterfaceSnapshot proc, InterfaceSnapshot after) = host.Run(() =>
        {
            using var netlink = new LinuxNetworkInterfaces(new LinuxNameResolvers());
            using LinuxProcInterfaces files = Open();
            return (netlink.Collect(), files.Collect(), netlink.Collect());
        });

        Gap only = Assert.Single(proc.Gaps);
        Assert.Equal("scope and state of IPv4 addresses", only.What);
        Assert.Equal(after.Interfaces.Select(one => (one.Index, one.Name)), proc.Interfaces.Select(one => (one.Index, one.Name)));
        Assert.Contains(proc.Interfaces, one => one.Name == "o\\xffd|");
        for (int i = 0; i < proc.Interfaces.Count; i++)
        {
            AssertSame(before.Interfaces[i], after.Interfaces[i], proc.Interfaces[i]);
        }
    }

    [Fact]
    public void What_only_rtnetlink_knows_is_a_reason_and_never_a_guess()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell("ip link add v0 type veth peer name v1; ip link add br0 type bridge; ip link set v0 master br0; ip addr add 10.0.0.1/24 dev v1");

        NetworkInterface v1 = host.Run(() =>
        {
            using LinuxProcInterfaces files = Open();
            return files.Collect().Interfaces.Single(one => one.Name == "v1");
        });

        Assert.Equal(InterfaceKind.Ethernet, v1.Kind);
        Assert.Equal("ether", v1.KindName);
        Assert.Equal(ReadingStatus.Unsupported, v1.LowerIndex.Status);
        Assert.Equal(ReadingStatus.Unsupported, v1.MasterIndex.Status);
        Assert.Equal(ReadingStatus.Unsupported, v1.HardwareBroadcast.Status);
        Assert.Equal(ReadingStatus.Unsupported, v1.Description.Status);
        InterfaceAddress address = Assert.Single(v1.Addresses.Value);
        Assert.Equal(AddressScope.Unknown, address.Scope);
        Assert.Equal(AddressState.StateUnknown, address.State);
        Assert.Equal(ReadingStatus.Unsupported, address.ValidLifetime.Status);
    }

    [Fact]
    public void Two_addresses_that_ioctl_cannot_tell_apart_are_one_and_a_gap()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell("ip link add v0 type veth peer name v1; ip addr add 10.0.0.1/24 dev v0; ip addr add 10.0.0.1/16 dev v0");

        InterfaceSnapshot snapshot = host.Run(() =>
        {
            using LinuxProcInterfaces files = Open();
            return files.Collect();
        });

        Assert.Single(snapshot.Interfaces.Single(one => one.Name == "v0").Addresses.Value);
        Assert.Equal(1, snapshot.Gaps.Single(gap => gap.What == "IPv4 addresses").Count);
    }

    [Fact]
    public void Interfaces_that_vanish_meanwhile_are_left_out_and_counted()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell("ip link add stays type veth peer name here");
        host.Shell("(for i in $(seq 1 300); do ip link add a$i type veth peer name b$i; ip link del a$i; done) >/dev/null 2>&1 & true");

        host.Run(() =>
        {
            using LinuxProcInterfaces files = Open();
            for (int round = 0; round < 200; round++)
            {
                InterfaceSnapshot snapshot = files.Collect();
                Assert.Equal(["here", "lo", "stays"], snapshot.Interfaces.Select(one => one.Name).Where(name => name.Length > 1 && name[0] is not ('a' or 'b')).Order(StringComparer.Ordinal));
                Assert.All(snapshot.Gaps.Where(gap => gap.Status != ReadingStatus.Unsupported), gap => Assert.Equal(ReadingStatus.Gone, gap.Status));
            }
        });
    }

    [Fact]
    public void A_wait_finds_each_kind_of_change_by_comparing()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Run(() =>
        {
            using LinuxProcInterfaces files = Open();
            Assert.Equal(InterfaceChange.Lost, Wait(files));
            Assert.Equal(InterfaceChange.None, Wait(files));

            ChildProcess.MustShell("ip link add v0 type veth peer name v1");
            Assert.Equal(InterfaceChange.Links, Wait(files));
            ChildProcess.MustShell("ip addr add 10.0.0.1/24 dev v0");
            Assert.Equal(InterfaceChange.Addresses, Wait(files));
            ChildProcess.MustShell("ip link set v0 up; ip link set v1 up");
            Assert.True(Wait(files).HasFlag(InterfaceChange.Links));
            Settle(files);
            ChildProcess.MustShell("ip route add default via 10.0.0.2");
            Assert.Equal(InterfaceChange.Routes, Wait(files));

            ChildProcess.MustShell("ip route del default");
            files.Collect();
            Assert.Equal(InterfaceChange.None, Wait(files));
        });
    }

    [Fact]
    public void A_wait_ends_at_once_when_it_is_cancelled()
    {
        using LinuxProcInterfaces files = Open();
        files.Collect();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        long started = Stopwatch.GetTimestamp();

        Assert.Throws<OperationCanceledException>(WaitForEver);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromMilliseconds(900));

        void WaitForEver()
        {
            while (true)
            {
                files.WaitForChange(Timeout.InfiniteTimeSpan, cancel.Token);
            }
        }
    }

    [Fact]
    public void A_thread_of_another_namespace_is_refused_instead_of_being_told_a_mixture()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        using LinuxProcInterfaces files = Open();

        HostException refused = Assert.Throws<HostException>(() => host.Run(files.Collect));

        Assert.Contains("another network namespace", refused.Reason, StringComparison.Ordinal);
        files.Collect();
    }

    private static LinuxProcInterfaces Open() => new(ProcNetFiles.Find(), new LinuxNameResolvers(), higher: null);

    private static InterfaceChange Wait(LinuxProcInterfaces files) => files.WaitForChange(TimeSpan.FromMilliseconds(50), CancellationToken.None);

    // A link that came up gets its own IPv6 address, which is tentative for a second or two.
    private static void Settle(LinuxProcInterfaces files)
    {
        long started = Stopwatch.GetTimestamp();
        while (files.WaitForChange(TimeSpan.FromSeconds(2.5), CancellationToken.None) != InterfaceChange.None)
        {
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        }
    }

    private static void AssertSame(NetworkInterface before, NetworkInterface after, NetworkInterface ours)
    {
        string name = ours.Name;
        if (after.KindName == after.LinkType)
        {
            Assert.Equal((name, after.Kind), (name, ours.Kind));
        }

        Assert.Equal((name, after.LinkType), (name, ours.LinkType));
        AssertKnown(name, after.HardwareAddress, ours.HardwareAddress);
        AssertKnown(name, after.Mtu, ours.Mtu);
        Assert.Equal((name, after.AdministrativeState), (name, ours.AdministrativeState));
        OperationalState coarse = after.OperationalState is OperationalState.Up or OperationalState.Unknown ? OperationalState.Up : OperationalState.Down;
        Assert.Equal((name, coarse), (name, ours.OperationalState));
        Assert.Equal(after.Flags.Where(flag => flag is not ("LOWER_UP" or "DORMANT" or "ECHO")), ours.Flags);
        AssertKnown(name, after.LinkSpeedBitsPerSecond, ours.LinkSpeedBitsPerSecond);
        AssertBetween(name, before.Counters.Value, after.Counters.Value, ours.Counters.Value);

        Assert.Equal(after.Addresses.Value.Select(one => one.Address.ToString()).Order(StringComparer.Ordinal), ours.Addresses.Value.Select(one => one.Address.ToString()).Order(StringComparer.Ordinal));
        foreach (InterfaceAddress own in ours.Addresses.Value)
        {
            AssertSame(name, after.Addresses.Value.Single(one => one.Address.Equals(own.Address)), own);
        }

        Assert.Equal(after.DefaultGateways.Value.Count, ours.DefaultGateways.Value.Count);
        foreach ((DefaultGateway their, DefaultGateway own) in after.DefaultGateways.Value.Zip(ours.DefaultGateways.Value))
        {
            Assert.Equal(their.Family, own.Family);
            AssertKnown(name, their.Address, own.Address);
            AssertKnown(name, their.Metric, own.Metric);
        }
    }

    private static void AssertSame(string name, InterfaceAddress their, InterfaceAddress own)
    {
        Assert.Equal((name, own.Address, their.PrefixLength), (name, own.Address, own.PrefixLength));
        AssertKnown(name, their.Peer, own.Peer);
        AssertKnown(name, their.Broadcast, own.Broadcast);
        AssertKnown(name, their.Label, own.Label);
        if (own.Scope != AddressScope.Unknown)
        {
            Assert.Equal((name, own.Address, their.Scope, their.ScopeId), (name, own.Address, own.Scope, own.ScopeId));
            Assert.Equal((name, own.Address, their.State & ~NotInFile), (name, own.Address, own.State));
        }
    }

    private static void AssertKnown<T>(string name, Reading<T> their, Reading<T> own)
    {
        if (own.Status != ReadingStatus.Unsupported)
        {
            Assert.Equal((name, their.Status, their.GetValueOrDefault(default!)), (name, own.Status, own.GetValueOrDefault(default!))); // compared only
        }
        else
        {
            Assert.False(string.IsNullOrEmpty(own.Reason), name);
        }
    }

    private static void AssertBetween(string name, InterfaceCounters before, InterfaceCounters after, InterfaceCounters ours)
    {
        (ulong, ulong, ulong)[] all =
        [
            (before.ReceivedBytes, ours.ReceivedBytes, after.ReceivedBytes), (before.ReceivedPackets, ours.ReceivedPackets, after.ReceivedPackets),
            (before.SentBytes, ours.SentBytes, after.SentBytes), (before.SentPackets, ours.SentPackets, after.SentPackets),
            (before.ReceiveErrors, ours.ReceiveErrors, after.ReceiveErrors), (before.SendErrors, ours.SendErrors, after.SendErrors),
            (before.ReceiveDrops, ours.ReceiveDrops, after.ReceiveDrops), (before.SendDrops.Value, ours.SendDrops.Value, after.SendDrops.Value),
            (before.ReceivedMulticast.Value, ours.ReceivedMulticast.Value, after.ReceivedMulticast.Value),
            (before.Collisions.Value, ours.Collisions.Value, after.Collisions.Value),
        ];
        Assert.All(all, one => Assert.True(one.Item1 <= one.Item2 && one.Item2 <= one.Item3, $"{name}: {one}"));
    }
}
