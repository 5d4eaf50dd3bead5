using Sonde.Interop.Windows.Etw;
using Sonde.Packets;
using Sonde.Testing;
using Sonde.Traffic.Sources.Windows;

namespace Sonde.Traffic.Tests.Windows;

/// <summary>Events of Microsoft-Windows-Kernel-Network, built as its manifest lays them out.</summary>
public sealed class KernelNetworkEventTests
{
    [Theory]
    [InlineData(10, "Sent", "Tcp")]
    [InlineData(11, "Received", "Tcp")]
    [InlineData(12, "Connected", "Tcp")]
    [InlineData(13, "Disconnected", "Tcp")]
    [InlineData(15, "Accepted", "Tcp")]
    [InlineData(42, "Sent", "Udp")]
    [InlineData(43, "Received", "Udp")]
    public void Each_event_is_read_with_its_ends_for_both_families(ushort id, string kind, string protocol)
    {
        var expected = new KernelNetworkEvent(
            Enum.Parse<KernelNetworkKind>(kind), 1234, 1460, Enum.Parse<IPProtocol>(protocol), End("192.0.2.10", 50000), End("198.51.100.7", 443));

        Assert.True(TryParse(id, EtwBytes.Network(1234, 1460, "192.0.2.10", 50000, "198.51.100.7", 443), out KernelNetworkEvent read));
        Assert.Equal(expected, read);
        Assert.True(TryParse((ushort)(id + 16), EtwBytes.Network(1234, 1460, "2001:db8::10", 50000, "2001:db8::7", 443), out read));
        Assert.Equal(expected with { Source = End("2001:db8::10", 50000), Destination = End("2001:db8::7", 443) }, read);
    }

    [Theory]
    [InlineData(14)] // sent again
    [InlineData(16)] // tried again
    [InlineData(17)] // failed
    [InlineData(18)] // copied: told as received already
    [InlineData(30)]
    [InlineData(34)]
    [InlineData(49)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65535)]
    public void What_would_count_twice_or_has_no_ends_does_not_count(ushort id)
    {
        byte[] payload = EtwBytes.Network(1234, 1460, "192.0.2.10", 50000, "198.51.100.7", 443, 64);

        Assert.False(KernelNetworkEvent.IsOne(new EtwRecord(EtwProvider.KernelNetwork.Id, id, 0, 0, payload)));
        Assert.False(TryParse(id, payload, out _));
    }

    [Theory]
    [InlineData(10, "192.0.2.10", "198.51.100.7", 20)]
    [InlineData(59, "2001:db8::10", "2001:db8::7", 44)]
    public void Every_prefix_that_ends_before_the_ports_is_refused_and_what_follows_them_may_be_missing(ushort id, string source, string destination, int least)
    {
        byte[] whole = EtwBytes.Network(1234, 1460, source, 50000, destination, 443, 100);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Equal(length >= least, TryParse(id, whole.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void A_process_that_the_kernel_does_not_name_is_0()
    {
        Assert.True(TryParse(10, EtwBytes.Network(-1, 1460, "192.0.2.10", 50000, "198.51.100.7", 443), out KernelNetworkEvent read));

        Assert.Equal(0, read.Pid);
    }

    [Fact]
    public void Taking_an_event_apart_allocates_nothing()
    {
        byte[] payload = EtwBytes.Network(1234, 1460, "192.0.2.10", 50000, "198.51.100.7", 443);
        long bytes = 0;
        for (int turn = 0; turn < 1000; turn++)
        {
            bytes += TryParse(10, payload, out KernelNetworkEvent warm) ? warm.Bytes : 0;
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int turn = 0; turn < 1000; turn++)
        {
            bytes += TryParse(10, payload, out KernelNetworkEvent read) ? read.Bytes : 0;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2000 * 1460, bytes);
    }

    private static FlowEndpoint End(string address, ushort port) => new(InternetAddress.From(System.Net.IPAddress.Parse(address)), port);

    private static bool TryParse(ushort id, ReadOnlySpan<byte> payload, out KernelNetworkEvent read) =>
        KernelNetworkEvent.TryParse(new EtwRecord(EtwProvider.KernelNetwork.Id, id, 0, 0, payload), out read);
}
