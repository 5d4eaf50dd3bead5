using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>A pcap_t: one adapter, opened by one user of the library.</summary>
/// <remarks>Calls that run when it is disposed hold it open until they return: closing under a call would take its memory away.</remarks>
[SupportedOSPlatform("windows")]
internal sealed unsafe class PcapHandle : SafeHandle
{
    private readonly Wpcap _library;

    internal PcapHandle(Wpcap library, nint pcap)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        _library = library;
        SetHandle(pcap);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Keeps the handle open until the result is disposed.</summary>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    internal Use Hold()
    {
        bool held = false;
        DangerousAddRef(ref held);
        return new Use(this);
    }

    protected override bool ReleaseHandle()
    {
        _library.pcap_close(handle);
        return true;
    }

    /// <summary>A time in which the handle stays open.</summary>
    internal readonly ref struct Use(PcapHandle owner)
    {
        internal nint Pcap => owner.handle;

        public void Dispose() => owner.DangerousRelease();
    }
}
