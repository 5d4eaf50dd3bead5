using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Tun.Windows;

/// <summary>The one queue of a Wintun adapter: two rings in memory, and an event when something has come.</summary>
/// <remarks>
/// The adapter counts as up while a session runs, so the session comes and goes with up and down, and once more when the driver's ring is
/// found corrupt. The driver lets a session begin only after the one before it has ended, which waits for everybody inside of it.
/// </remarks>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsTunQueue : TunQueue
{
    private const int StopIndex = 0;

    private readonly WintunAdapter _adapter;
    private readonly int _capacity;
    private readonly WindowsStopSignal _stop = new();
    private readonly AutoResetEvent _changed = new(initialState: false); // another session, or none
    private readonly WaitHandle[] _waitables;
    private readonly IdleNudge? _nudge;
    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _noneEnds = new(initialState: true);
    private WindowsTunSession? _session; // what packets go through; null while down
    private WindowsTunSession? _ending; // ends with the last inside of it
    private WindowsTunSession? _latest; // of either; a held packet is always this one's
    private bool _isWanted;
    private bool _isRestarting; // because of what came, not because somebody asked
    private int _startFailure;
    private int _roomWaits; // since a packet was last sent
    private long _position; // bytes of ring received so far

    internal WindowsTunQueue(WindowsTunDevice device, WintunAdapter adapter, TunOptions options)
        : base(device, 0, options)
    {
        _adapter = adapter;
        _capacity = options.Windows.RingCapacity;
        _waitables = [_stop.Waitable, _changed];
        _nudge = options.Windows.NudgesWhenIdle ? new IdleNudge(Nudge) : null;
    }

    /// <summary>How long who takes the device down waits for those who hold packets of its ring.</summary>
    internal TimeSpan EndPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Starts a session, when there is none.</summary>
    /// <exception cref="NativeException">The driver refused.</exception>
    /// <exception cref="TunException">Packets of the last session are still held.</exception>
    internal void Connect()
    {
        lock (_lock)
        {
            if (_session is not null)
            {
                return;
            }

            if (_ending is null)
            {
                Start(isSecondChance: false);
                _isWanted = true;
                _changed.Set();
                return;
            }

            _isWanted = true; // then its end starts the next one
            _isRestarting = false;
        }

        WaitForEnd();
        lock (_lock)
        {
            if (_session is null)
            {
                throw new NativeException("WintunStartSession", Win32.Error(_startFailure));
            }
        }
    }

    /// <summary>Ends the session, when there is one, and waits until it has ended.</summary>
    /// <exception cref="TunException">Packets of it are still held.</exception>
    internal void Disconnect()
    {
        Leave();
        WaitForEnd();
    }

    private protected override TunStatus ReceiveCore(TunBatch batch)
    {
        if (Enter() is not { } session)
        {
            return NotConnected(TunStatus.Empty);
        }

        TunStatus status = Drain(session, batch);
        session.Exit();
        return status;
    }

    private protected override TunStatus WaitCore(TimeSpan timeout)
    {
        WindowsTunSession? session = Enter();
        int ended = WaitHandle.WaitAny(session?.Waitables ?? _waitables, Milliseconds(timeout));
        session?.Exit();
        return ended switch
        {
            StopIndex => TunStatus.Closed,
            WaitHandle.WaitTimeout => TunStatus.Empty,
            _ => TunStatus.Ok,
        };
    }

    private protected override TunStatus SendCore(TunBatch batch, ref SendProgress progress)
    {
        if (Enter() is not { } session)
        {
            return NotConnected(TunStatus.Down);
        }

        TunStatus status = Fill(session.Ring, batch, ref progress);
        session.Exit();
        return status;
    }

    // The ring tells nobody when it has room again, and the shortest sleep of Windows is a clock tick of up to 15.6 ms, in which a full ring
    // runs empty. So others are let run at first, and only who has waited long sleeps.
    private protected override void WaitForRoomCore(TimeSpan timeout)
    {
        const int Yields = 256;
        if (_roomWaits++ < Yields)
        {
            Thread.SpinWait(32);
            Thread.Yield();
        }
        else
        {
            _stop.Waitable.WaitOne(TimeSpan.FromMilliseconds(1));
        }
    }

    private protected override void StopCore() => _stop.Signal();

    private protected override void CloseCore()
    {
        _nudge?.Dispose();
        Leave(); // nobody is inside: it ends here
        _stop.Dispose();
        _changed.Dispose();
        _noneEnds.Dispose();
    }

    private TunStatus Drain(WindowsTunSession session, TunBatch batch)
    {
        WintunSession ring = session.Ring;
        while (batch.HasRoomForAny)
        {
            if (!ring.TryReceive(out ReadOnlySpan<byte> packet, out nint token, out int error))
            {
                return NothingReceived(session, error);
            }

            int length = packet.Length;
            packet.CopyTo(batch.Slab.AsSpan(batch.NextStart, length));
            ring.Release(token);
            batch.Commit(length);
            CountReceived(session, length);
        }

        return TunStatus.Ok;
    }

    private void CountReceived(WindowsTunSession session, int length)
    {
        session.HasReceived = true;
        Tally.ReceiveCalls++;
        _position += SlotSize(length);
    }

    private TunStatus NothingReceived(WindowsTunSession session, int error)
    {
        switch (error)
        {
            case Win32.ERROR_NO_MORE_ITEMS:
                return TunStatus.Empty;
            case Win32.ERROR_INVALID_DATA when TryRestart(session):
                return TunStatus.Empty;
            default:
                LastError = error;
                return error == Win32.ERROR_HANDLE_EOF ? TunStatus.Gone : TunStatus.Failed;
        }
    }

    private TunStatus Fill(WintunSession ring, TunBatch batch, ref SendProgress progress)
    {
        int first = progress.Next;
        TunStatus status = TunStatus.Ok;
        while (progress.Next < batch.Count)
        {
            ReadOnlySpan<byte> packet = batch[progress.Next];
            if (!IsPacket(packet))
            {
                // The driver would take it and discard it without a word.
                status = TunStatus.Invalid;
                break;
            }

            if (!ring.TryAllocate(packet.Length, out Span<byte> room, out nint token, out int error))
            {
                status = Refused(error);
                break;
            }

            packet.CopyTo(room);
            ring.Send(token);
            Tally.SendCalls++;
            progress.Accept();
        }

        if (progress.Next > first)
        {
            _roomWaits = 0;
            _nudge?.Arm();
        }

        return status;
    }

    private TunStatus Refused(int error)
    {
        if (error == Win32.ERROR_BUFFER_OVERFLOW)
        {
            return TunStatus.Full;
        }

        LastError = error;
        return error == Win32.ERROR_HANDLE_EOF ? TunStatus.Gone : TunStatus.Failed;
    }

    private TunStatus NotConnected(TunStatus down)
    {
        int failure = Volatile.Read(ref _startFailure);
        if (failure == 0)
        {
            return down;
        }

        LastError = failure;
        return TunStatus.Failed;
    }

    private WindowsTunSession? Enter()
    {
        WindowsTunSession? session = Volatile.Read(ref _session);
        return session is not null && session.TryEnter() ? session : null;
    }

    // A ring that is corrupt stays so until the session is started anew. When that did not help, it is no use to go on.
    private bool TryRestart(WindowsTunSession session)
    {
        lock (_lock)
        {
            if (_session != session)
            {
                return true; // it ends already
            }

            if (session.IsSecondChance && !session.HasReceived)
            {
                return false;
            }

            _session = null;
            _ending = session;
            _isRestarting = true;
            _noneEnds.Reset();
            Tally.Restarts++;
        }

        session.End();
        return true;
    }

    private void Leave()
    {
        WindowsTunSession? ending;
        lock (_lock)
        {
            _isWanted = false;
            _startFailure = 0;
            ending = _session;
            if (ending is not null)
            {
                _ending = ending;
                _session = null;
                _noneEnds.Reset();
            }
        }

        _changed.Set(); // a reader that waits inside leaves it
        ending?.End();
    }

    // Of the thread that was the last inside, perhaps one that gave a packet back.
    private void OnEnded()
    {
        lock (_lock)
        {
            _ending = null;
            _noneEnds.Set();
            if (!_isWanted)
            {
                return;
            }

            try
            {
                Start(_isRestarting);
            }
            catch (NativeException refused)
            {
                _startFailure = refused.Error.Code; // reader and senders are told
            }

            _changed.Set();
        }
    }

    private void Start(bool isSecondChance)
    {
        _startFailure = 0;
        _latest = new WindowsTunSession(_adapter.StartSession(_capacity), isSecondChance, _waitables, OnEnded);
        Volatile.Write(ref _session, _latest);
    }

    private void WaitForEnd()
    {
        if (!_noneEnds.Wait(EndPatience))
        {
            throw new TunException(TunFailure.TimedOut, "WintunEndSession", Device.Name, 0, "leases of its ring are still held, and its memory would go with it");
        }
    }

    // A driver of 0.14 that goes to sleep while a packet is put into the ring may sleep on until the next one. What comes here is none, and is discarded.
    private void Nudge()
    {
        if (Enter() is { } session)
        {
            if (session.Ring.TryAllocate(sizeof(int), out Span<byte> room, out nint token, out _))
            {
                room.Clear();
                session.Ring.Send(token);
            }

            session.Exit();
        }
    }

    private static bool IsPacket(ReadOnlySpan<byte> packet) => packet.Length >= 20 && (packet[0] >> 4) switch
    {
        4 => true,
        6 => packet.Length >= 40,
        _ => false,
    };

    // A slot is a length of four bytes and the packet, to a multiple of four.
    private static int SlotSize(int length) => (sizeof(int) + length + 3) & ~3;

    // A part of a millisecond is a whole one: a wait of nothing would be a spin.
    private static int Milliseconds(TimeSpan timeout) => timeout < TimeSpan.Zero ? Timeout.Infinite : (int)Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);
}
