using System.Threading.Tasks.Sources;

namespace Sonde.Tun;

/// <summary>The thread that waits for a queue's asynchronous reader, and the one reusable task source that it completes.</summary>
/// <remarks>
/// A cancelled request ends at once; the thread goes on waiting for the device and serves the next request. Nothing is read without a
/// request, so nothing is lost between two.
/// </remarks>
internal sealed class AsyncReceiver : IValueTaskSource<TunStatus>, IDisposable
{
    private readonly TunQueue _queue;
    private readonly SemaphoreSlim _requested = new(0);
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<TunStatus> _source;
    private TunBatch? _batch; // of the request that waits; null when there is none
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private bool _isStopped;

    internal AsyncReceiver(TunQueue queue, bool runsInline)
    {
        _queue = queue;
        _source.RunContinuationsAsynchronously = !runsInline;
        new Thread(Run) { IsBackground = true, Name = $"tun receive {queue.Device.Name}/{queue.Index}" }.Start();
    }

    /// <summary>Begins a request; the caller has made sure that there is no other.</summary>
    internal ValueTask<TunStatus> Start(TunBatch batch, CancellationToken token)
    {
        short version;
        lock (_lock)
        {
            _source.Reset();
            version = _source.Version;
            _batch = batch;
            _token = token;
        }

        if (token.CanBeCanceled)
        {
            // May run at once, on this thread.
            CancellationTokenRegistration registration = token.UnsafeRegister(static state => ((AsyncReceiver)state!).Cancel(), this); // the state is what is given here
            bool isOver;
            lock (_lock)
            {
                isOver = _batch is null;
                _cancellation = isOver ? default : registration;
            }

            if (isOver)
            {
                registration.Dispose();
            }
        }

        if (IsStopped)
        {
            Complete(TunStatus.Closed);
        }

        _requested.Release();
        return new ValueTask<TunStatus>(this, version);
    }

    /// <summary>Ends the thread and a request that waits.</summary>
    public void Dispose()
    {
        // The semaphore itself holds nothing native, and a late request may still release it.
        Volatile.Write(ref _isStopped, true);
        _requested.Release();
    }

    public TunStatus GetResult(short token)
    {
        // Only now: a new request may reuse the source as soon as the reader's place is free.
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _queue.EndReceiverRequest();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Run()
    {
        while (true)
        {
            _requested.Wait();
            while (HasRequest())
            {
                Serve(_queue.WaitForReceiver());
            }

            if (IsStopped)
            {
                Complete(TunStatus.Closed);
                return;
            }
        }
    }

    // The request that was waited for may have been cancelled meanwhile, or replaced by the next one. So one step under the lock finds the
    // present one, reads for it and takes it: what was read is never told to another request, and a cancellation cannot come between.
    private void Serve(TunStatus status)
    {
        CancellationTokenRegistration registration;
        lock (_lock)
        {
            if (_batch is null)
            {
                return;
            }

            if (status == TunStatus.Ok)
            {
                status = _queue.ReceiveForReceiver(_batch);
            }

            if (status == TunStatus.Empty)
            {
                return;
            }

            registration = TakeRequest();
        }

        End(registration, status);
    }

    // A queue may close before it knows of its receiver.
    private bool IsStopped => Volatile.Read(ref _isStopped) || _queue.IsClosed;

    private bool HasRequest()
    {
        lock (_lock)
        {
            return _batch is not null;
        }
    }

    private void Complete(TunStatus status)
    {
        CancellationTokenRegistration registration;
        lock (_lock)
        {
            if (_batch is null)
            {
                return;
            }

            registration = TakeRequest();
        }

        End(registration, status);
    }

    // Under the lock: from here on no one else can end the request.
    private CancellationTokenRegistration TakeRequest()
    {
        CancellationTokenRegistration registration = _cancellation;
        _batch = null;
        _cancellation = default;
        return registration;
    }

    private void End(CancellationTokenRegistration registration, TunStatus status)
    {
        // Waits for a cancellation that is running: it must not meet the next request.
        registration.Dispose();
        _queue.LeaveForReceiver();
        _source.SetResult(status);
    }

    private void Cancel()
    {
        CancellationToken token;
        lock (_lock)
        {
            if (_batch is null)
            {
                return;
            }

            _batch = null;
            token = _token;
            _cancellation = default;
        }

        _queue.LeaveForReceiver();
        _source.SetException(new OperationCanceledException(token));
    }
}
