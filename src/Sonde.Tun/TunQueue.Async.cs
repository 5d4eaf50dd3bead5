using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Sonde.Tun;

public abstract partial class TunQueue
{
    private readonly bool _runsInline;
    private AsyncReceiver? _receiver;

    /// <summary>Takes packets as soon as there are some; at once and without a thread switch when there are some now.</summary>
    /// <param name="batch">Is cleared first and belongs to the queue until the task ends.</param>
    /// <param name="cancellationToken">Ends the wait; nothing that was received is lost by it.</param>
    /// <returns>As <see cref="Receive(TunBatch, TimeSpan)"/>. Await it once, before the next receive.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>The first call that has to wait starts a thread of the queue's own; no thread of the pool is ever blocked.</remarks>
    public ValueTask<TunStatus> ReceiveAsync(TunBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancellationToken.ThrowIfCancellationRequested();
        if (!BeginReading(batch, out TunStatus refused))
        {
            return new ValueTask<TunStatus>(refused);
        }

        TunStatus status = ReceiveNow(batch);
        if (status != TunStatus.Empty)
        {
            return new ValueTask<TunStatus>(EndReading(status));
        }

        // The reader's place and the in-flight entry stay taken until the receiver completes the request.
        return (_receiver ??= new AsyncReceiver(this, _runsInline)).Start(batch, cancellationToken);
    }

    /// <summary>Receives batch after batch until the queue or the device ends; the same batch each time.</summary>
    /// <param name="batch">What each step of the enumeration yields, filled anew.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="TunException">The system failed.</exception>
    public async IAsyncEnumerable<TunBatch> ReceiveAllAsync(TunBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            TunStatus status = await ReceiveAsync(batch, cancellationToken).ConfigureAwait(false);
            switch (status)
            {
                case TunStatus.Ok:
                    yield return batch;
                    break;
                case TunStatus.Closed or TunStatus.Gone:
                    yield break;
                case TunStatus.Busy:
                    throw new InvalidOperationException("Another reader has this queue.");
                default:
                    throw new TunException(TunFailure.System, "receive", Device.Name, LastError, $"the queue ended with {status}");
            }
        }
    }

    /// <summary>Copies packet after packet into a bounded channel, from a thread of its own, until the queue ends. A channel costs more than a batch: see <see cref="TunPacket"/>.</summary>
    /// <param name="capacity">How many packets wait at most; then the oldest is dropped and counted.</param>
    /// <param name="onDropped">Is told of each packet that was dropped; may be null.</param>
    public ChannelReader<TunPacket> OpenChannel(int capacity, Action<int>? onDropped = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        var channel = Channel.CreateBounded<TunPacket>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true },
            dropped =>
            {
                onDropped?.Invoke(dropped.Memory.Length);
                dropped.Dispose();
            });
        new Thread(() => Pump(channel.Writer)) { IsBackground = true, Name = $"tun channel {Device.Name}/{Index}" }.Start();
        return channel.Reader;
    }

    private void Pump(ChannelWriter<TunPacket> packets)
    {
        var batch = new TunBatch();
        TunStatus status;
        while ((status = Receive(batch)) == TunStatus.Ok)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                packets.TryWrite(new TunPacket(batch[i], batch.GetSegmentation(i)));
            }
        }

        packets.Complete(status is TunStatus.Closed or TunStatus.Gone
            ? null
            : new TunException(TunFailure.System, "receive", Device.Name, LastError, $"the queue ended with {status}"));
    }

    /// <summary>Waits for a request's packets; called by the receiver's thread, which is in flight for itself: its request may be cancelled meanwhile.</summary>
    internal TunStatus WaitForReceiver()
    {
        if (!TryEnter())
        {
            return TunStatus.Closed;
        }

        Tally.Waits++;
        TunStatus status = WaitCore(Timeout.InfiniteTimeSpan);
        Exit();
        return status;
    }

    /// <summary>Fills a request's batch; the request is in flight.</summary>
    internal TunStatus ReceiveForReceiver(TunBatch batch) => ReceiveNow(batch);

    /// <summary>The request is no longer in flight.</summary>
    internal void LeaveForReceiver() => Exit();

    /// <summary>Gives up the reader's place, once the request's result was taken.</summary>
    internal void EndReceiverRequest() => Volatile.Write(ref _reading, 0);
}
