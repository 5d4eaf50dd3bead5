using System.Buffers.Binary;
using Sonde.Interop;
using Sonde.Interop.Linux.Bpf;
using Sonde.Testing;

namespace Sonde.System.Tests.Bpf;

public sealed class MapTests
{
    public MapTests() => NeedsBpf.Check();

    [Fact]
    public void A_hash_keeps_finds_and_forgets()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, "sonde_hash", 4, 8, 4);
        Span<byte> value = stackalloc byte[8];

        Assert.False(map.TryLookup(Key(1), value));
        Assert.True(map.Update(Key(1), Value(11)));
        Assert.True(map.TryLookup(Key(1), value));
        Assert.Equal(11, BitConverter.ToInt64(value));
        Assert.False(map.Update(Key(1), Value(12), BpfUpdateMode.Insert));
        Assert.False(map.Update(Key(2), Value(12), BpfUpdateMode.Overwrite));
        Assert.True(map.TryTake(Key(1), value));
        Assert.False(map.Remove(Key(1)));
    }

    [Fact]
    public void A_full_hash_says_so_and_an_LRU_one_makes_room()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, "sonde_hash", 4, 8, 4);
        using BpfMap lru = BpfMap.Create(BpfMapType.LruHash, "sonde_lru", 4, 8, 4);
        for (int i = 0; i < 4; i++)
        {
            map.Update(Key(i), Value(i));
        }

        Assert.Equal(7, Assert.Throws<NativeException>(() => map.Update(Key(9), Value(9))).Error.Code); // E2BIG
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(lru.Update(Key(i), Value(i)));
        }

        Assert.True(lru.TryLookup(Key(999), new byte[8]));
    }

    [Fact]
    public void A_per_CPU_array_has_a_value_for_each_possible_processor()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.PerCpuArray, "sonde_cpu", 4, 4, 2);

        Assert.Equal(8 * PossibleCpus.Count, map.ValueSize);
        byte[] value = new byte[map.ValueSize];
        value[^8] = 7;
        map.Update(Key(1), value);
        byte[] read = new byte[map.ValueSize];
        Assert.True(map.TryLookup(Key(1), read));
        Assert.Equal(value, read);
        Assert.False(map.TryLookup(Key(2), read));
    }

    [Theory]
    [InlineData(nameof(BpfMapType.Hash), 7)]
    [InlineData(nameof(BpfMapType.Hash), 5000)]
    [InlineData(nameof(BpfMapType.LruHash), 64)]
    [InlineData(nameof(BpfMapType.PerCpuHash), 100)]
    public void A_scan_sees_every_entry_once_and_a_taking_one_leaves_none(string type, int batch)
    {
        const int Count = 3000;
        using BpfMap map = BpfMap.Create(Enum.Parse<BpfMapType>(type), "sonde_scan", 4, 8, 4096);
        for (int i = 0; i < Count; i++)
        {
            byte[] value = new byte[map.ValueSize];
            BinaryPrimitives.WriteInt64LittleEndian(value, i * 3);
            map.Update(Key(i), value);
        }

        Assert.Equal(Enumerable.Range(0, Count), Scan(map, batch, take: false).Order());
        Assert.Equal(Enumerable.Range(0, Count), Scan(map, batch, take: true).Order());
        Assert.Empty(Scan(map, batch, take: false));
        Assert.False(map.TryNextKey([], new byte[4]));
    }

    [Fact]
    public void A_second_scan_with_the_same_buffers_allocates_nothing()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, "sonde_scan", 4, 8, 512);
        for (int i = 0; i < 500; i++)
        {
            map.Update(Key(i), Value(i));
        }

        var scan = new BpfMapScan(map, 512, take: false);
        Assert.Equal(0, AllocationWatch.Least(() =>
        {
            scan.Reset();
            while (scan.MoveNext())
            {
            }
        }));
        Assert.True(scan.UsesBatches);
    }

    [Fact]
    public void Keys_and_values_of_the_wrong_length_never_reach_the_kernel()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, "sonde_hash", 4, 8, 4);

        Assert.Throws<ArgumentException>(() => map.TryLookup(new byte[3], new byte[8]));
        Assert.Throws<ArgumentException>(() => map.TryLookup(new byte[4], new byte[7]));
        Assert.Throws<ArgumentException>(() => map.Update(new byte[4], new byte[9]));
        Assert.Throws<ArgumentException>(() => map.Remove([]));
    }

    [Theory]
    [InlineData("a_name_of_sixteen")]
    [InlineData("white space")]
    public void Names_that_the_kernel_would_refuse_are_refused_with_the_reason(string name) =>
        Assert.Throws<ArgumentException>(() => BpfMap.Create(BpfMapType.Array, name, 4, 8, 1));

    [Fact]
    public void The_kernel_describes_a_map_as_it_was_made_and_lists_it()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.LruHash, "sonde_lru", 12, 24, 100);

        BpfMapInfo info = BpfObjects.Describe(map);

        Assert.Equal((BpfMapType.LruHash, "sonde_lru", 12, 24, 100), (info.Type, info.Name, info.KeySize, info.ValueSize, info.MaxEntries));
        Assert.Contains(info.Id, BpfObjects.MapIds());
    }

    private static List<int> Scan(BpfMap map, int batch, bool take)
    {
        var keys = new List<int>();
        var scan = new BpfMapScan(map, batch, take);
        while (scan.MoveNext())
        {
            for (int i = 0; i < scan.Count; i++)
            {
                int key = BitConverter.ToInt32(scan.Key(i));
                Assert.Equal(key * 3, BitConverter.ToInt64(scan.Value(i)));
                keys.Add(key);
            }
        }

        return keys;
    }

    private static byte[] Key(int number) => BitConverter.GetBytes(number);

    private static byte[] Value(long number) => BitConverter.GetBytes(number);
}
