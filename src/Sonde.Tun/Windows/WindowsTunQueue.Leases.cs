using Sonde.Interop.Windows;

namespace Sonde.Tun.Windows;

internal sealed partial class WindowsTunQueue
{
    private readonly RingLeases _leases = new();
    private readonly RingRooms _rooms = new();

    // Half of the ring may be on loan: the other half is the driver's, for what comes meanwhile.
    private protected override TunStatus TryLeaseCore(out ReadOnlySpan<byte> packet, out TunSegmentation segmentation, out nint token)
    {
        packet = default;
        segmentation = default;
        token = 0;
        if (_leases.Held(_position, out bool isFull) > _capacity / 2 || isFull)
        {
            return TunStatus.Busy;
        }

        if (Enter() is not { } session)
        {
            return NotConnected(TunStatus.Empty);
        }

        if (!session.Ring.TryReceive(out packet, out nint slot, out int error))
        {
            TunStatus status = NothingReceived(session, error);
            session.Exit();
            return status;
        }

        // The session stays entered until the packet is given back: its memory cannot go before.
        token = _leases.Add(slot, _position);
        CountReceived(session, packet.Length);
        return TunStatus.Ok;
    }

    private protected override void ReturnLeaseCore(nint token)
    {
        WindowsTunSession session = Holder;
        session.Ring.Release(_leases.Take(token));
        session.Exit();
    }

    private protected override TunStatus TryLeaseSendCore(int length, out Span<byte> room, out nint token)
    {
        room = default;
        token = 0;
        if (Enter() is not { } session)
        {
            return NotConnected(TunStatus.Down);
        }

        if (!session.Ring.TryAllocate(length, out room, out nint slot, out int error))
        {
            TunStatus status = Refused(error);
            session.Exit();
            return status;
        }

        token = _rooms.Add(slot, length);
        return TunStatus.Ok;
    }

    private protected override TunStatus CommitLeaseCore(nint token)
    {
        WindowsTunSession session = Holder;
        (nint slot, int length) = _rooms.Take(token);
        Span<byte> room = WintunSession.RoomOf(slot, length);
        bool isPacket = IsPacket(room);
        if (!isPacket)
        {
            room[0] = 0; // to the driver too, whatever is in it
        }

        session.Ring.Send(slot);
        session.Exit();
        CountCommitted(length, isPacket);
        _nudge?.Arm();
        return isPacket ? TunStatus.Ok : TunStatus.Invalid;
    }

    // There is no way to give room back, and room that is never sent holds back everything behind it. So it is sent as what is no packet: the
    // driver discards that, and counts it.
    private protected override void CancelLeaseCore(nint token)
    {
        WindowsTunSession session = Holder;
        (nint slot, int length) = _rooms.Take(token);
        WintunSession.RoomOf(slot, length)[0] = 0;
        session.Ring.Send(slot);
        session.Exit();
        CountCancelled();
    }

    // What is held is of the latest session: the next one cannot begin before everything was given back.
    private WindowsTunSession Holder => _latest ?? throw new InvalidOperationException("Nothing was lent.");
}
