using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>Frames to be handed to the driver by one call (pcap_sendqueue_…), in memory of the library that is used again and again.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class PcapSendQueue : SafeHandle
{
    private readonly Wpcap _library;

    private PcapSendQueue(Wpcap library, nint queue)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        _library = library;
        SetHandle(queue);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>How many bytes of frames and their headers fit.</summary>
    internal int Size { get; private init; }

    internal static PcapSendQueue Allocate(Wpcap library, int size)
    {
        pcap_send_queue* queue = library.pcap_sendqueue_alloc((uint)size);
        return queue != null
            ? new PcapSendQueue(library, (nint)queue) { Size = size }
            : throw new PcapException("pcap_sendqueue_alloc", Wpcap.PCAP_ERROR, $"no memory for a queue of {size} bytes");
    }

    /// <summary>Adds a copy of a frame.</summary>
    /// <returns><see langword="false"/> when there is no room for it.</returns>
    internal bool TryAdd(ReadOnlySpan<byte> frame)
    {
        bool held = false;
        DangerousAddRef(ref held);
        try
        {
            fixed (byte* start = frame)
            {
                // SAFETY: the library copies caplen bytes, which the frame has.
                pcap_pkthdr header = new() { caplen = (uint)frame.Length, len = (uint)frame.Length };
                return _library.pcap_sendqueue_queue((pcap_send_queue*)handle, &header, start) == 0;
            }
        }
        finally
        {
            DangerousRelease();
        }
    }

    /// <summary>Forgets all frames.</summary>
    internal void Clear()
    {
        bool held = false;
        DangerousAddRef(ref held);

        // SAFETY: the struct is public, and this is how it is documented to be emptied: len counts what is in use.
        ((pcap_send_queue*)handle)->len = 0;
        DangerousRelease();
    }

    /// <summary>Sends what is in it. An empty queue is not sent: some versions of the driver do not return from that (npcap#287).</summary>
    internal uint Transmit(nint pcap, out uint queued)
    {
        bool held = false;
        DangerousAddRef(ref held);
        try
        {
            pcap_send_queue* queue = (pcap_send_queue*)handle;
            queued = queue->len;
            return queued == 0 ? 0 : _library.pcap_sendqueue_transmit(pcap, queue, 0);
        }
        finally
        {
            DangerousRelease();
        }
    }

    protected override bool ReleaseHandle()
    {
        _library.pcap_sendqueue_destroy((pcap_send_queue*)handle);
        return true;
    }
}
