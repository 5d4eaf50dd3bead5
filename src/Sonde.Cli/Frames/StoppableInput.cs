namespace Sonde.Cli.Frames;

/// <summary>Standard input or a pipe whose reader does not have to wait for bytes: a stop ends the input at once.</summary>
/// <remarks>No read of a pipe can be called off on every system, so a thread of its own waits in it. After a stop it stays behind until
/// bytes come or the process ends.</remarks>
internal sealed class StoppableInput : Stream
{
    private readonly Stream _source;
    private readonly Action _beforeWaiting;
    private readonly CancellationToken _stop;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly SemaphoreSlim _filled = new(0);
    private int _offset;
    private int _length;
    private bool _ended;
    private volatile bool _isDisposed;
    private Exception? _failure;

    /// <summary>Takes over a stream.</summary>
    /// <param name="source">What to read; disposed with this one, unless a read never ended.</param>
    /// <param name="beforeWaiting">Called when there is nothing to read now: the time to show what was found so far.</param>
    /// <param name="stop">Ends the input.</param>
    internal StoppableInput(Stream source, Action beforeWaiting, CancellationToken stop)
    {
        _source = source;
        _beforeWaiting = beforeWaiting;
        _stop = stop;
        new Thread(Fill) { IsBackground = true, Name = "input" }.Start();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_offset == _length && !_ended)
        {
            _ended = !TryRefill();
        }

        int taken = Math.Min(buffer.Length, _length - _offset);
        _buffer.AsSpan(_offset, taken).CopyTo(buffer);
        _offset += taken;
        return taken;
    }

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // The thread disposes the source: nobody else knows whether it still reads there.
        _isDisposed = true;
        _wanted.Release();
        base.Dispose(disposing);
    }

    private bool TryRefill()
    {
        _wanted.Release();
        if (!_filled.Wait(0, CancellationToken.None))
        {
            _beforeWaiting();
            try
            {
                _filled.Wait(_stop);
            }
            catch (OperationCanceledException)
            {
                return false; // the buffer belongs to the thread now, and nobody asks for it again
            }
        }

        if (_failure is not null)
        {
            throw new IOException(_failure.Message, _failure);
        }

        return _length > 0;
    }

    private void Fill()
    {
        while (true)
        {
            _wanted.Wait();
            if (_isDisposed)
            {
                _source.Dispose();
                return;
            }

            try
            {
                int read = _source.Read(_buffer);
                _offset = 0;
                _length = read;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                _failure = failure; // told by the reader, on its own thread
            }

            _filled.Release();
        }
    }
}
