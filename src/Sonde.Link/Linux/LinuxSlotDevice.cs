using System.Runtime.Versioning;
using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>Each frame in a slot of its own, seen by looking at memory as soon as the kernel has written it (TPACKET_V2): for those who answer.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxSlotDevice : LinuxFrameDevice
{
    private readonly PacketRing? _ring;
    private readonly int _headroom;
    private int _next;
    private int _held;
    private long _malformed;

    internal LinuxSlotDevice(PacketSetup setup, FrameDeviceOptions options)
        : base(setup, options)
    {
        _ring = setup.Ring;
        _headroom = setup.Shaper.Headroom;
    }

    public override string Backend => "af_packet slots";

    private protected override long Malformed => Volatile.Read(ref _malformed);

    private protected override bool CountsStalls => false;

    private protected override bool HasFrames()
    {
        ReleaseCore();
        return _ring is not null && _ring.IsReady(_next);
    }

    private protected override void ReleaseCore()
    {
        while (_held > 0 && _ring is not null)
        {
            int slot = _next - _held;
            _ring.Release(slot < 0 ? slot + _ring.Count : slot);
            _held--;
        }
    }

    private protected override bool TryTakeCore(out Frame frame)
    {
        // A loop holds half of the slots at most: the kernel has room for what comes meanwhile, and no slot is met twice.
        while (_ring is not null && _held < _ring.Count / 2 && _ring.IsReady(_next))
        {
            Span<byte> slot = _ring.Part(_next);
            _next = _next + 1 == _ring.Count ? 0 : _next + 1;
            _held++;
            NoteFrame();
            if (!RingSlot.TryRead(slot, _headroom, out tpacket2_hdr header, out sockaddr_ll seen))
            {
                _malformed++;
                continue;
            }

            var facts = new FrameFacts(
                seen,
                header.tp_status,
                header.tp_vlan_tci,
                header.tp_vlan_tpid,
                (header.tp_sec * 1_000_000_000L) + header.tp_nsec,
                (header.tp_status & Packet.TP_STATUS_TS_RAW_HARDWARE) != 0 ? FrameClock.Hardware : FrameClock.Kernel);
            if (Shaper.TryShape(slot, header.tp_mac, (int)header.tp_snaplen, header.tp_len, facts, out frame))
            {
                return true;
            }
        }

        frame = default;
        return false;
    }

    private protected override void CloseMemory() => _ring?.Dispose();
}
