using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>The users of sockets as the programs in the kernel noted them.</summary>
[SupportedOSPlatform("linux")]
internal sealed class KernelOwners(BpfMap map) : OwnerSource
{
    internal BpfMap Map => map;

    internal override bool TryFind(in FlowIdentity flow, ulong socketCookie, out OwnerClue clue)
    {
        Span<byte> key = stackalloc byte[KernelOwner.KeySize];
        Span<byte> value = stackalloc byte[KernelOwner.ValueSize];
        MemoryMarshal.Write(key, socketCookie);
        if (socketCookie == 0 || !map.TryLookup(key, value))
        {
            clue = default;
            return false;
        }

        clue = KernelOwner.Read(value);
        return true;
    }
}
