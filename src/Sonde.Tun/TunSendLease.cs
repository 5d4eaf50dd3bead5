namespace Sonde.Tun;

/// <summary>Room for one packet to send, in the system's own ring where it has one (Windows): fill <see cref="Packet"/>, then <see cref="Commit"/>.</summary>
/// <remarks>
/// Packets leave in the order in which their room was given, so a lease that is kept holds back those after it. Dispose without Commit
/// cancels: the room is turned into something that the system discards, and counted.
/// </remarks>
public ref struct TunSendLease
{
    private readonly nint _token;
    private TunQueue? _queue;

    internal TunSendLease(TunQueue queue, Span<byte> packet, nint token)
    {
        _queue = queue;
        _token = token;
        Packet = packet;
    }

    /// <summary>The room, exactly as long as was asked for; to be filled before <see cref="Commit"/> and not to be used after.</summary>
    public Span<byte> Packet { get; }

    /// <summary>Sends the packet.</summary>
    /// <returns>What became of it.</returns>
    public TunStatus Commit()
    {
        TunQueue? queue = _queue;
        _queue = null;
        return queue is null ? throw new InvalidOperationException("This lease was committed or disposed already.") : queue.CommitLease(_token);
    }

    /// <summary>Cancels what was not committed.</summary>
    public void Dispose()
    {
        TunQueue? queue = _queue;
        _queue = null;
        queue?.CancelLease(_token);
    }
}
