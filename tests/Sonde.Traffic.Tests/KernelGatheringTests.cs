using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Runtime.Versioning;
using Sonde.Packets;
using Sonde.Traffic.Sources;
using Sonde.Traffic.Sources.Linux;

namespace Sonde.Traffic.Tests;

/// <summary>What a processor gathered, as the kernel hands it over: places that are taken are told, free ones are not.</summary>
[SupportedOSPlatform("linux")]
public sealed class KernelGatheringTests
{
    [Fact]
    public void Each_place_that_is_taken_is_told_with_its_own_key_and_counters()
    {
        byte[] places = new byte[KernelGathering.Size];
        Take(places, 0, cookie: 77, port: 1000, sentBytes: 10);
        Take(places, KernelGathering.FlowCount - 1, cookie: 78, port: 2000, sentBytes: 20);
        var sink = new Told();

        KernelGathering.Read(places, sink);

        Assert.Equal([(77UL, 1000, 10L), (78UL, 2000, 20L)], sink.Counts.Select(static one => (one.SocketCookie, (int)one.Flow.Key.Local.Port, one.Counters.SentBytes)));
        FlowCount first = sink.Counts[0];
        Assert.Equal(IPProtocol.Udp, first.Flow.Key.Protocol);
        Assert.Equal((InternetAddress.From(IPAddress.Parse("10.1.2.3")), InternetAddress.From(IPAddress.Parse("2001:db8::1"))), (first.Flow.Key.Local.Address, first.Flow.Key.Remote.Address));
        Assert.Equal((5UL, 9, FlowSigns.Opened | FlowSigns.Reset), (first.Flow.NetworkNamespace, first.InterfaceIndex, first.Signs));
        Assert.Equal(new TrafficCounters(1, 10, 2, 3, 4, 5), first.Counters);
    }

    [Fact]
    public void Free_places_tell_nothing()
    {
        var sink = new Told();

        KernelGathering.Read(new byte[KernelGathering.Size], sink);

        Assert.Empty(sink.Counts);
    }

    [Fact]
    public void What_the_table_had_no_room_for_stands_before_the_places()
    {
        byte[] places = new byte[KernelGathering.Size];
        Write(places.AsSpan(KernelGathering.Overflow), 7, 6, 5, 4, 3, 2);
        places[KernelGathering.Busy] = 1;

        Assert.Equal(new TrafficCounters(7, 6, 5, 4, 3, 2), KernelGathering.ReadOverflow(places));
    }

    [Fact]
    public void Places_are_apart_from_each_other_and_from_what_stands_before_them()
    {
        Assert.InRange(KernelFlow.KeySize + KernelFlow.ValueSize, 1, KernelGathering.FlowSize);
        Assert.InRange(KernelGathering.Overflow + KernelFlow.CountersSize, 1, KernelGathering.Flows);
        Assert.True(BitOperations.IsPow2(KernelGathering.FlowCount) && BitOperations.IsPow2(KernelOwners.NotedCount), "places are chosen by a mask");
        Assert.Equal(KernelFlow.NetworkNamespace, KernelFlow.ComparedSize); // what stands before it is compared
    }

    private static void Take(byte[] places, int place, ulong cookie, ushort port, long sentBytes)
    {
        Span<byte> key = places.AsSpan(KernelGathering.Flows + (place * KernelGathering.FlowSize), KernelFlow.KeySize);
        BinaryPrimitives.WriteUInt64LittleEndian(key[KernelFlow.Cookie..], cookie);
        IPAddress.Parse("::ffff:10.1.2.3").TryWriteBytes(key[KernelFlow.Local..], out _);
        IPAddress.Parse("2001:db8::1").TryWriteBytes(key[KernelFlow.Remote..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(key[KernelFlow.LocalPort..], port);
        key[KernelFlow.Protocol] = (byte)IPProtocol.Udp;
        BinaryPrimitives.WriteUInt64LittleEndian(key[KernelFlow.NetworkNamespace..], 5);
        Span<byte> value = places.AsSpan(KernelGathering.Flows + (place * KernelGathering.FlowSize) + KernelFlow.KeySize, KernelFlow.ValueSize);
        Write(value, 1, sentBytes, 2, 3, 4, 5);
        BinaryPrimitives.WriteInt32LittleEndian(value[KernelFlow.InterfaceIndex..], 9);
        BinaryPrimitives.WriteInt32LittleEndian(value[KernelFlow.Signs..], (int)(FlowSigns.Opened | FlowSigns.Reset));
    }

    private static void Write(Span<byte> to, params ReadOnlySpan<long> numbers)
    {
        foreach (long number in numbers)
        {
            BinaryPrimitives.WriteInt64LittleEndian(to, number);
            to = to[sizeof(long)..];
        }
    }

    private sealed class Told : ITrafficSink
    {
        internal List<FlowCount> Counts { get; } = [];

        public void Count(in FlowCount count) => Counts.Add(count);

        public void CountOverflow(in TrafficCounters counters) => Assert.Fail("flows only");
    }
}
