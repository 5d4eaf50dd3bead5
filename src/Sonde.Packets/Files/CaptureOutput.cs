namespace Sonde.Packets.Files;

/// <summary>Collects whole records and hands them to a stream in large pieces, so that what the stream has always ends with a record.</summary>
internal sealed class CaptureOutput
{
    private const int InitialCapacity = 256 * 1024;

    private readonly Stream _stream;
    private readonly long _origin; // where in a seekable stream the capture begins; -1 in others
    private byte[] _buffer = new byte[InitialCapacity];
    private int _used;
    private long _written;
    private long _pendingPackets;

    internal CaptureOutput(Stream stream)
    {
        _stream = stream;
        _origin = stream.CanSeek ? stream.Position : -1;
    }

    /// <summary>How long the capture is, with what still waits here.</summary>
    internal long Length => _written + _used;

    /// <summary>How many packets the stream has taken whole.</summary>
    internal long PacketsOnStream { get; private set; }

    internal bool HasFailed { get; private set; }

    /// <summary>Room for one record, which counts as written with this call; the caller fills every byte of it.</summary>
    /// <exception cref="IOException">The stream refused earlier records, now or before.</exception>
    internal Span<byte> Append(int size, bool isPacket)
    {
        if (HasFailed)
        {
            throw new IOException("An earlier failure ended this capture file.");
        }

        if (size > _buffer.Length - _used)
        {
            Drain();
            if (size > _buffer.Length)
            {
                _buffer = new byte[size]; // bounded by the writers' limits on records
            }
        }

        Span<byte> room = _buffer.AsSpan(_used, size);
        _used += size;
        _pendingPackets += isPacket ? 1 : 0;
        return room;
    }

    internal void Flush()
    {
        if (!HasFailed)
        {
            Drain();
            _stream.Flush();
        }
    }

    internal void Close(bool leaveOpen)
    {
        try
        {
            Flush();
        }
        finally
        {
            if (!leaveOpen)
            {
                _stream.Dispose();
            }
        }
    }

    private void Drain()
    {
        if (_used == 0)
        {
            return;
        }

        HasFailed = true; // unless the stream takes everything
        try
        {
            _stream.Write(_buffer, 0, _used);
            HasFailed = false;
        }
        finally
        {
            if (HasFailed)
            {
                CutBack();
            }
        }

        _written += _used;
        PacketsOnStream += _pendingPackets;
        _pendingPackets = 0;
        _used = 0;
    }

    /// <summary>Takes back what a full disk kept of a refused piece: the file then ends with a whole record.</summary>
    private void CutBack()
    {
        _used = 0;
        if (_origin < 0)
        {
            return;
        }

        try
        {
            _stream.SetLength(_origin + _written);
        }
        catch (Exception failure) when (failure is IOException or NotSupportedException or ObjectDisposedException)
        {
            // The refusal that brought us here is on its way to the caller and says more than this one:
            // the file ends with a torn record, which readers report.
        }
    }
}
