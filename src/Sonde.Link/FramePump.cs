using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Sonde.Link;

/// <summary>A thread that receives frames for readers that await them: copies into a bounded queue that drops the oldest, and counts.</summary>
internal sealed class FramePump : IAsyncDisposable
{
    private readonly FrameDevice _device;
    private readonly int _capacity;
    private readonly CancellationTokenSource _stop;
    private readonly Channel<OwnedFrame> _queue;
    private readonly ConcurrentQueue<OwnedFrame> _unused = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOver;

    private FramePump(FrameDevice device, int capacity, CancellationToken stopping)
    {
        _device = device;
        _capacity = capacity;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var options = new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true };
        _queue = Channel.CreateBounded<OwnedFrame>(options, Drop);
    }

    /// <summary>What was received.</summary>
    internal ChannelReader<OwnedFrame> Frames => _queue.Reader;

    internal static FramePump Start(FrameDevice device, int capacity, CancellationToken stopping)
    {
        var pump = new FramePump(device, capacity, stopping);
        new Thread(pump.Run) { IsBackground = true, Name = $"sonde frames {device.Name}" }.Start();
        return pump;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _ended.Task.ConfigureAwait(false);
        while (_queue.Reader.TryRead(out OwnedFrame? unread))
        {
            unread.Dispose();
        }

        _isOver = true;
        FreeUnused();
        _stop.Dispose();
    }

    internal void Return(OwnedFrame frame)
    {
        // As many as can wait in the queue are worth keeping.
        if (_isOver || _unused.Count >= _capacity)
        {
            frame.Free();
            return;
        }

        _unused.Enqueue(frame);
        if (_isOver)
        {
            FreeUnused();
        }
    }

    private void FreeUnused()
    {
        while (_unused.TryDequeue(out OwnedFrame? frame))
        {
            frame.Free();
        }
    }

    private void Drop(OwnedFrame oldest)
    {
        _device.CountUnread();
        oldest.Dispose();
    }

    private void Run()
    {
        Exception? failure = null;
        try
        {
            while (_device.Wait(_stop.Token))
            {
                foreach (Frame frame in _device.Receive())
                {
                    OwnedFrame copy = _unused.TryDequeue(out OwnedFrame? unused) ? unused : new OwnedFrame(this);
                    copy.Fill(frame);
                    _queue.Writer.TryWrite(copy); // a full queue drops its oldest instead
                }
            }
        }
        catch (Exception error)
        {
            // The top of this thread: whatever it is belongs to the reader, who gets it behind the frames before it.
            failure = error;
        }

        _queue.Writer.TryComplete(failure);
        _ended.SetResult();
    }
}
