using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>Each frame by a call of its own, as soon as it is there: for those who answer.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxSocketDevice : LinuxFrameDevice
{
    // Frames of one loop lie one behind the other in here; when the longest possible one has no room any more, the loop ends.
    private const int MemorySize = 1 << 20;
    private const int Alignment = 32;

    private readonly byte[] _memory;
    private readonly byte[] _control = GC.AllocateArray<byte>(AuxiliaryData.MaxSize, pinned: true);
    private readonly int _headroom;
    private readonly int _longest;
    private readonly bool _receives;
    private int _used;
    private bool _isPending;
    private bool _isDrained;
    private int _pendingStart;
    private int _pendingLength;
    private uint _pendingWireLength;
    private FrameFacts _pendingFacts;

    internal LinuxSocketDevice(PacketSetup setup, FrameDeviceOptions options)
        : base(setup, options)
    {
        _headroom = (setup.Shaper.Headroom + Alignment - 1) / Alignment * Alignment;
        _longest = options.SnapLength;
        _receives = options.Directions != FrameDirections.None;
        _memory = _receives ? GC.AllocateUninitializedArray<byte>(MemorySize, pinned: true) : [];
    }

    public override string Backend => "af_packet socket";

    private protected override long Malformed => 0;

    private protected override bool CountsStalls => false;

    private protected override bool HasFrames()
    {
        ReleaseCore();
        if (_isPending)
        {
            return true;
        }

        // When the loop before has just found nothing, the wait is the next to look.
        bool looks = !_isDrained;
        _isDrained = false;
        return looks && TryReceive();
    }

    private protected override void ReleaseCore()
    {
        if (!_isPending)
        {
            _used = 0;
        }
    }

    private protected override bool TryTakeCore(out Frame frame)
    {
        while (_isPending || TryReceive())
        {
            _isPending = false;
            if (Shaper.TryShape(_memory, _pendingStart, _pendingLength, _pendingWireLength, _pendingFacts, out frame))
            {
                return true;
            }

            _used = _pendingStart - _headroom; // turned away: its room is free again
        }

        frame = default;
        return false;
    }

    private protected override void CloseMemory()
    {
        // The garbage collector's own.
    }

    private bool TryReceive()
    {
        int start = _used + _headroom;
        if (!_receives || start + _longest > _memory.Length)
        {
            return false;
        }

        int length = Socket.Receive(_memory.AsSpan(start, _longest), _control, out sockaddr_ll seen, out int told, out NativeError error);
        if (length < 0)
        {
            _isDrained = true;
            if (error.Code != Netlink.EAGAIN)
            {
                NoteError("recvmsg(AF_PACKET)", error);
            }

            return false;
        }

        var beside = AuxiliaryData.Parse(_control.AsSpan(0, told));
        _isDrained = false;
        _isPending = true;
        _pendingStart = start;
        _pendingLength = Math.Min(length, _longest);
        _pendingWireLength = beside.HasPacket ? beside.Packet.tp_len : (uint)length;
        _pendingFacts = new FrameFacts(seen, beside.Packet.tp_status, beside.Packet.tp_vlan_tci, beside.Packet.tp_vlan_tpid, beside.Time, beside.Clock);
        _used = start + ((_pendingLength + Alignment - 1) / Alignment * Alignment);
        NoteFrame();
        return true;
    }
}
