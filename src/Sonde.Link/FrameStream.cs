using System.Diagnostics;

namespace Sonde.Link;

/// <summary>A device as a stream: each read gives one frame, each write sends one.</summary>
internal sealed class FrameStream(FrameDevice device) : Stream
{
    // A queue that is full empties at the speed of the link; one that stays full is an error to be told.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    private bool _isClosed;

    public override bool CanRead => !_isClosed;

    public override bool CanWrite => !_isClosed;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException("Frames have no end to measure.");

    public override long Position
    {
        get => throw new NotSupportedException("Frames have no position.");
        set => throw new NotSupportedException("Frames have no position.");
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        while (device.Wait())
        {
            foreach (Frame frame in device.Receive())
            {
                if (frame.Data.Length > buffer.Length)
                {
                    throw new LinkException(
                        LinkFailure.FrameTooLong, "read", device.Name, 0, $"a frame of {frame.Data.Length} bytes came for a buffer of {buffer.Length}");
                }

                frame.Data.CopyTo(buffer);
                return frame.Data.Length;
            }
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        long started = Stopwatch.GetTimestamp();
        var pause = default(SpinWait);
        while (!device.TrySend(buffer))
        {
            if (Stopwatch.GetElapsedTime(started) > s_patience)
            {
                throw new LinkException(LinkFailure.Busy, "write", device.Name, 0, $"a queue has been full for {s_patience.TotalMilliseconds:0} ms");
            }

            pause.SpinOnce();
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override void Flush()
    {
        // Every write is a frame that is sent already.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("Frames have no position.");

    public override void SetLength(long value) => throw new NotSupportedException("Frames have no length to set.");

    protected override void Dispose(bool disposing)
    {
        _isClosed = true; // the device belongs to whoever opened it
        base.Dispose(disposing);
    }
}
