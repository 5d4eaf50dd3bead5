namespace Sonde.Packets.Tests.Files;

/// <summary>A file header once, then the same records again and again without an end.</summary>
internal sealed class EndlessStream(byte[] head, byte[] records) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int done = 0;
        while (done < count)
        {
            ReadOnlySpan<byte> from = _position < head.Length
                ? head.AsSpan((int)_position)
                : records.AsSpan((int)((_position - head.Length) % records.Length));
            int step = Math.Min(from.Length, count - done);
            from[..step].CopyTo(buffer.AsSpan(offset + done));
            done += step;
            _position += step;
        }

        return done;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
