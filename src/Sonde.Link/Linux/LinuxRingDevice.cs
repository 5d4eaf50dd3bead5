using System.Runtime.Versioning;
using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>Frames out of a ring of large blocks that the kernel fills (TPACKET_V3): nothing is copied, and no call is made per frame.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxRingDevice : LinuxFrameDevice
{
    private readonly PacketRing? _ring;
    private readonly int _headroom;
    private RingPosition _position;
    private int _block;
    private bool _isOpen;
    private long _malformed;

    internal LinuxRingDevice(PacketSetup setup, FrameDeviceOptions options)
        : base(setup, options)
    {
        _ring = setup.Ring;
        _headroom = setup.Shaper.Headroom;
    }

    public override string Backend => "af_packet ring";

    private protected override long Malformed => Volatile.Read(ref _malformed);

    private protected override bool CountsStalls => true;

    private protected override bool HasFrames()
    {
        ReleaseCore();
        return _ring is not null && (_isOpen || _ring.IsReady(_block));
    }

    private protected override void ReleaseCore()
    {
        // A loop that was left early goes on in the same block.
        if (_isOpen && _position.Left == 0 && _ring is not null)
        {
            _isOpen = false;
            _ring.Release(_block);
            _block = _block + 1 == _ring.Count ? 0 : _block + 1;
        }
    }

    private protected override bool TryTakeCore(out Frame frame)
    {
        frame = default;
        if (_ring is null || (!_isOpen && !TryOpenBlock(_ring)))
        {
            return false;
        }

        Span<byte> block = _ring.Part(_block);
        while (RingBlock.TryTake(block, _headroom, ref _position, ref _malformed, out tpacket3_hdr header, out sockaddr_ll seen, out int start))
        {
            var facts = new FrameFacts(
                seen,
                header.tp_status,
                (ushort)header.hv1.tp_vlan_tci,
                header.hv1.tp_vlan_tpid,
                (header.tp_sec * 1_000_000_000L) + header.tp_nsec,
                (header.tp_status & Packet.TP_STATUS_TS_RAW_HARDWARE) != 0 ? FrameClock.Hardware : FrameClock.Kernel);
            if (Shaper.TryShape(block, start, (int)header.tp_snaplen, header.tp_len, facts, out frame))
            {
                return true;
            }
        }

        return false;
    }

    private protected override void CloseMemory() => _ring?.Dispose();

    private bool TryOpenBlock(PacketRing ring)
    {
        if (!ring.IsReady(_block))
        {
            return false;
        }

        _isOpen = true;
        NoteFrame();
        if (!RingBlock.TryBegin(ring.Part(_block), out _position))
        {
            _malformed++;
        }

        return true;
    }
}
