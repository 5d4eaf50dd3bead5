namespace Sonde.Packets.Files;

/// <summary>A stream seen through a buffer that only grows when bytes really arrive: a lied length costs no memory. Never seeks.</summary>
internal sealed class CaptureInput(Stream stream, bool leaveOpen) : IDisposable
{
    private const int InitialCapacity = 64 * 1024;

    private byte[] _buffer = new byte[InitialCapacity];
    private int _start;
    private int _end;
    private bool _atEnd;

    /// <summary>Where in the stream the next byte stands, counted from where reading began.</summary>
    internal long Position { get; private set; }

    /// <summary>The bytes that have been read and not consumed.</summary>
    internal ReadOnlySpan<byte> Available => _buffer.AsSpan(_start, _end - _start);

    public void Dispose()
    {
        if (!leaveOpen)
        {
            stream.Dispose();
        }
    }

    /// <summary>Reads until <paramref name="count"/> bytes are available, and no further than the stream gives without waiting.</summary>
    /// <returns><see langword="false"/> when the stream ends before.</returns>
    internal bool TryFill(int count)
    {
        while (_end - _start < count)
        {
            if (_atEnd)
            {
                return false;
            }

            MakeRoom(count);
            int read = stream.Read(_buffer, _end, _buffer.Length - _end);
            _atEnd = read <= 0;
            _end += Math.Max(read, 0);
        }

        return true;
    }

    /// <summary>Gives up the next bytes, which must be available. They stay in place until the next <see cref="TryFill"/>.</summary>
    internal void Consume(int count)
    {
        _start += count;
        Position += count;
    }

    /// <summary>Passes over bytes without holding them.</summary>
    /// <returns><see langword="false"/> when the stream ends before.</returns>
    internal bool TrySkip(long count)
    {
        while (count > 0)
        {
            if (!TryFill(1))
            {
                return false;
            }

            int step = (int)Math.Min(count, _end - _start);
            Consume(step);
            count -= step;
        }

        return true;
    }

    private void MakeRoom(int wanted)
    {
        if (_start > 0 && (_start == _end || _buffer.Length - _start < wanted))
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            // Full, yet the record goes on: what came so far has been true, so twice as much is believed.
            Array.Resize(ref _buffer, (int)Math.Min(2L * _buffer.Length, Array.MaxLength));
        }
    }
}
