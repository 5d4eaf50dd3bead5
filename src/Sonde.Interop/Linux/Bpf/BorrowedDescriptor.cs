using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>The number of a descriptor that stays open until this is disposed: bpf(2) takes descriptors inside structs.</summary>
[SupportedOSPlatform("linux")]
internal readonly ref struct BorrowedDescriptor
{
    private readonly FileDescriptor _owner;

    internal BorrowedDescriptor(FileDescriptor owner)
    {
        bool held = false;
        owner.DangerousAddRef(ref held); // throws when it is closed
        _owner = owner;
    }

    internal uint Number => (uint)_owner.DangerousGetHandle();

    public void Dispose() => _owner.DangerousRelease();
}
