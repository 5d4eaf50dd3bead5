using System.Runtime.CompilerServices;

namespace Sonde.Link;

// Other shapes of the same frames, for code that is made of streams or of awaits.
public abstract partial class FrameDevice
{
    private long _unread;

    /// <summary>How many frames were thrown away because whoever awaits them did not keep up: for <see cref="FrameStatistics.DroppedUnread"/>.</summary>
    private protected long DroppedUnread => Interlocked.Read(ref _unread);

    /// <summary>The device as a stream: each read waits for one frame and gives it whole, each write sends one.</summary>
    /// <remarks>
    /// A read returns 0 once the device is disposed, and throws a <see cref="LinkException"/> when the frame is longer than the buffer; that frame is
    /// then gone. Closing the stream leaves the device open. An asynchronous read blocks a thread of the pool: see <see cref="ReadFramesAsync"/>.
    /// </remarks>
    public Stream AsStream() => new FrameStream(this);

    /// <summary>Receives frames on a thread of their own and hands out copies, to be disposed by whoever takes them.</summary>
    /// <param name="capacity">How many frames wait at most; when more come the oldest are dropped, and counted in <see cref="FrameStatistics.DroppedUnread"/>.</param>
    /// <param name="cancellationToken">Ends the loop with an <see cref="OperationCanceledException"/>.</param>
    /// <remarks>Ends when the device is disposed. For rates at which a copy per frame is too much there is <see cref="Receive"/>.</remarks>
    /// <exception cref="LinkException">The interface is gone, or the system failed.</exception>
    /// <exception cref="InvalidOperationException">Another loop over frames of this device has not ended.</exception>
    public IAsyncEnumerable<OwnedFrame> ReadFramesAsync(int capacity = 4096, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        return PumpAsync(capacity, cancellationToken);
    }

    internal void CountUnread() => Interlocked.Increment(ref _unread);

    private async IAsyncEnumerable<OwnedFrame> PumpAsync(int capacity, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pump = FramePump.Start(this, capacity, cancellationToken);
        await using (pump.ConfigureAwait(false))
        {
            while (await pump.Frames.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (pump.Frames.TryRead(out OwnedFrame? frame))
                {
                    yield return frame;
                }
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
