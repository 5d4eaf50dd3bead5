namespace Sonde.Packets.Files;

/// <summary>Writes a capture file to any stream: whole records only, collected in memory and handed over in large pieces.</summary>
/// <remarks>When the stream fails, its exception passes through, everything after the last piece that it took is gone from the file
/// (where the stream can seek) and further writes throw <see cref="IOException"/>. One thread at a time.</remarks>
public abstract class CaptureWriter : IDisposable
{
    private readonly bool _leaveOpen;
    private bool _closed;

    private protected CaptureWriter(Stream stream, bool leaveOpen)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _leaveOpen = leaveOpen;
        Output = new CaptureOutput(stream);
    }

    /// <summary>How long the file is with everything written so far, flushed or not; what rotation by size looks at.</summary>
    public long Length => Output.Length;

    /// <summary>How many packets were written, flushed or not.</summary>
    public long Packets { get; private protected set; }

    /// <summary>How many packets the stream has taken whole; less than <see cref="Packets"/> after a failure by what was lost.</summary>
    public long PacketsOnStream => Output.PacketsOnStream;

    /// <summary>Whether the stream refused something: the file ends before it, and nothing more can be written.</summary>
    public bool HasFailed => Output.HasFailed;

    /// <summary>How many timestamps were before 1970 or beyond what the format holds, and were written as the nearest that it does.</summary>
    public long TimestampsClamped { get; private protected set; }

    /// <summary>How many packets were longer than the snap length, and lost their ends.</summary>
    public long PacketsCut { get; private set; }

    private protected CaptureOutput Output { get; }

    /// <summary>Writes a packet as captured on the first interface, cut to the snap length.</summary>
    /// <param name="data">The captured bytes.</param>
    /// <param name="wireLength">How many bytes the packet had on the wire.</param>
    /// <param name="timestampNanoseconds">When, in nanoseconds since 1970.</param>
    /// <exception cref="IOException">The stream refused.</exception>
    public abstract void Write(ReadOnlySpan<byte> data, int wireLength, long timestampNanoseconds);

    /// <summary>Hands everything written so far to the stream and flushes it: a reader of the file sees whole records.</summary>
    /// <exception cref="IOException">The stream refused.</exception>
    public void Flush() => Output.Flush();

    /// <summary>Writes what still waits, and closes the stream unless it is to be left open.</summary>
    /// <exception cref="IOException">The stream refused the rest.</exception>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (!_closed)
        {
            _closed = true;
            Output.Close(_leaveOpen);
        }
    }

    private protected ulong Clamp(long timestampNanoseconds, long largest)
    {
        long clamped = Math.Clamp(timestampNanoseconds, 0, largest);
        TimestampsClamped += clamped == timestampNanoseconds ? 0 : 1;
        return (ulong)clamped;
    }

    private protected ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> data, uint snapLength)
    {
        if (snapLength == 0 || snapLength >= data.Length)
        {
            return data;
        }

        PacketsCut++;
        return data[..(int)snapLength];
    }
}
