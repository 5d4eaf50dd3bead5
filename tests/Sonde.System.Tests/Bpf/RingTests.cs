using System.Runtime.InteropServices;
using Sonde.Interop.Linux.Bpf;
using Sonde.Interop.Unix;
using Sonde.Testing;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.System.Tests.Bpf;

/// <summary>A ring filled by programs that are run by hand, so that how many records there are is known.</summary>
public sealed class RingTests : IDisposable
{
    private readonly BpfMap _ring;
    private readonly BpfMap _lost;
    private readonly BpfMap _next;
    private readonly BpfProgram _writer;
    private readonly BpfRingReader _reader;

    public RingTests()
    {
        NeedsBpf.Check();
        _ring = BpfMap.Create(BpfMapType.RingBuffer, "sonde_ring", 0, 0, 4096);
        _lost = BpfAssemblerRingExtensions.CreateLostCounter("sonde_lost");
        _next = BpfMap.Create(BpfMapType.Array, "sonde_next", 4, 8, 1);

        // Each run writes its number and its complement: 16 bytes, 24 with the header.
        BpfInstruction[] code = new BpfAssembler()
            .LoadMapValue(R6, _next)
            .Load(R7, R6, 0, BpfSize.Double)
            .Store(R10, -16, R7, BpfSize.Double)
            .Compute(BpfOperation.Xor, R7, -1)
            .Store(R10, -8, R7, BpfSize.Double)
            .Compute(BpfOperation.Xor, R7, -1)
            .Compute(BpfOperation.Add, R7, 1)
            .Store(R6, 0, R7, BpfSize.Double)
            .WriteToRing(_ring, _lost, -16, 16)
            .Return(1)
            .Build();
        _writer = BpfProgram.Load(new BpfProgramSource("sonde_write", BpfProgramType.CgroupSkb, code));
        _reader = BpfRingReader.Open(_ring);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _writer.Dispose();
        _next.Dispose();
        _lost.Dispose();
        _ring.Dispose();
    }

    [Fact]
    public void Records_come_whole_in_order_and_around_the_rings_end()
    {
        long expected = 0;
        for (int round = 0; round < 50; round++)
        {
            Write(100); // 2,400 bytes of 4,096: every second round wraps
            while (_reader.TryRead())
            {
                Assert.Equal(16, _reader.Record.Length);
                ReadOnlySpan<long> record = MemoryMarshal.Cast<byte, long>(_reader.Record);
                Assert.Equal((expected, ~expected), (record[0], record[1]));
                expected++;
            }
        }

        Assert.Equal(5000, expected);
        Assert.Equal(0, BpfRingReader.ReadLost(_lost));
    }

    [Fact]
    public void What_finds_the_ring_full_is_counted()
    {
        Write(1000);
        long fill = _reader.Fill;
        int read = 0;
        while (_reader.TryRead())
        {
            read++;
        }

        Assert.InRange(fill, 4000, _reader.Capacity);
        Assert.InRange(read, 160, 171); // 4,096 / 24
        Assert.Equal(1000, read + BpfRingReader.ReadLost(_lost));
        Write(1);
        Assert.True(_reader.TryRead());
        Assert.Equal(1000, MemoryMarshal.Read<long>(_reader.Record));
    }

    [Fact]
    public void An_empty_ring_waits_and_a_record_wakes_the_reader()
    {
        Assert.False(_reader.TryRead());
        Assert.Equal(WaitResult.TimedOut, _reader.Wait(null, TimeSpan.FromMilliseconds(20)));
        Write(1);
        Assert.Equal(WaitResult.Ready, _reader.Wait(null, TimeSpan.FromSeconds(5)));
        Assert.True(_reader.TryRead());
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        Write(10);
        _reader.TryRead();
        AllocationWatch allocations = AllocationWatch.Start();
        int sum = 0;
        while (_reader.TryRead())
        {
            sum += _reader.Record.Length;
        }

        Assert.Equal(0, allocations.Allocated);
        Assert.Equal(9 * 16, sum);
    }

    private void Write(int records) => _writer.TestRun(new byte[64], [], records);
}
