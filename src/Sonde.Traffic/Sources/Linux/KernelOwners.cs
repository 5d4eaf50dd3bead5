using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop.Linux.Bpf;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>The users of sockets, and the names with which processes ended, as the programs in the kernel noted them.</summary>
[SupportedOSPlatform("linux")]
internal sealed class KernelOwners : OwnerSource, IDisposable
{
    /// <summary>Places of <see cref="Noted"/>, a power of two.</summary>
    internal const int NotedCount = 4096;

    private static readonly byte[] s_nobody = new byte[NotedCount * sizeof(ulong)];
    private readonly long _bootOffset = BootClock.Offset();

    internal KernelOwners(TrafficOptions options)
    {
        try
        {
            Map = BpfMap.Create(BpfMapType.LruHash, "sonde_owners", KernelOwner.KeySize, KernelOwner.ValueSize, options.MaxKernelOwners);
            Entered = BpfMap.Create(BpfMapType.Array, "sonde_entered", sizeof(uint), sizeof(long), 1);
            Noted = BpfMap.Create(BpfMapType.Array, "sonde_noted", sizeof(uint), NotedCount * sizeof(ulong), 1);
            LastNames = BpfMap.Create(BpfMapType.LruHash, "sonde_ended", LastNameProgram.KeySize, LastNameProgram.ValueSize, options.MaxProcesses);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The users by socket; the ones used longest ago make room.</summary>
    internal BpfMap Map { get; } = null!; // the constructor fills it or throws

    /// <summary>One number: how many sockets were ever entered.</summary>
    internal BpfMap Entered { get; } = null!; // the same

    /// <summary>Words in places by the socket: who was noted as its user since the last <see cref="Forget"/>.</summary>
    internal BpfMap Noted { get; } = null!; // the same

    /// <summary>The names of those that ended last, by process.</summary>
    internal BpfMap LastNames { get; } = null!; // the same

    internal override bool TryFind(in FlowIdentity flow, ulong socketCookie, out OwnerClue clue)
    {
        Span<byte> key = stackalloc byte[KernelOwner.KeySize];
        Span<byte> value = stackalloc byte[KernelOwner.ValueSize];
        MemoryMarshal.Write(key, socketCookie);
        if (socketCookie == 0 || !Map.TryLookup(key, value))
        {
            clue = default;
            return false;
        }

        clue = KernelOwner.Read(value, _bootOffset);
        return true;
    }

    internal override string? LastNameOf(int pid, ulong start)
    {
        Span<byte> key = stackalloc byte[LastNameProgram.KeySize];
        Span<byte> value = stackalloc byte[LastNameProgram.ValueSize];
        MemoryMarshal.Write(key, pid);
        if (!LastNames.TryLookup(key, value) || KernelOwner.StartOf(MemoryMarshal.Read<ulong>(value[LastNameProgram.Start..]), _bootOffset) != start)
        {
            return null;
        }

        ReadOnlySpan<byte> name = value.Slice(LastNameProgram.Name, KernelOwner.NameSize);
        int end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    /// <summary>Has every use of a socket noted anew.</summary>
    internal void Forget() => Noted.Update([0, 0, 0, 0], s_nobody);

    /// <summary>How full the table of users is. The kernel does not tell which entries it throws out: those that cannot be there any more are counted.</summary>
    internal FillLevel Fill()
    {
        Span<byte> value = stackalloc byte[sizeof(long)];
        long entered = Entered.TryLookup([0, 0, 0, 0], value) ? MemoryMarshal.Read<long>(value) : 0;
        return new FillLevel("kernel socket users", Math.Min(entered, Map.MaxEntries), Map.MaxEntries, Math.Max(0, entered - Map.MaxEntries));
    }

    public void Dispose()
    {
        Map?.Dispose();
        Entered?.Dispose();
        Noted?.Dispose();
        LastNames?.Dispose();
    }
}
