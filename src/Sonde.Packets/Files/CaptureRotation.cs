namespace Sonde.Packets.Files;

/// <summary>Decides when a running capture goes on in a new file, and which old one can go. Opens and deletes nothing: that is the caller's.</summary>
public sealed class CaptureRotation
{
    private readonly CaptureRotationOptions _options;
    private readonly long _maximumNanoseconds;
    private long? _begun;

    /// <summary>Begins with file number 0.</summary>
    public CaptureRotation(CaptureRotationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumBytes ?? 1, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumPackets ?? 1, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumFiles ?? 1, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumTime ?? TimeSpan.MaxValue, TimeSpan.FromTicks(1), nameof(options));
        _options = options;
        _maximumNanoseconds = options.MaximumTime is { } time ? (long)Math.Min(time.TotalNanoseconds, long.MaxValue / 2) : 0;
    }

    /// <summary>The number of the file that is being written, from 0.</summary>
    public long FileNumber { get; private set; }

    /// <summary>The number of the file that is one too many now; null while there are not that many.</summary>
    public long? ExpiredFile => _options.MaximumFiles is int kept && FileNumber >= kept ? FileNumber - kept : null;

    /// <summary>Tells whether the next packet belongs into a new file.</summary>
    /// <param name="bytes">How long the file is (<see cref="CaptureWriter.Length"/>).</param>
    /// <param name="packets">How many packets are in it; an empty file is never left for another because of its size.</param>
    /// <param name="nextRecord">How many bytes the next packet's record will take.</param>
    /// <param name="nowNanoseconds">The time now, on any clock that does not go back; the first call begins the first file's time.</param>
    public bool IsDue(long bytes, long packets, int nextRecord, long nowNanoseconds)
    {
        _begun ??= nowNanoseconds;
        return (packets > 0 && _options.MaximumBytes is long most && bytes + nextRecord > most)
            || (_options.MaximumPackets is long count && packets >= count)
            || (_options.MaximumTime is not null && nowNanoseconds - _begun.Value >= _maximumNanoseconds);
    }

    /// <summary>Goes on with the next file, from now.</summary>
    public void Advance(long nowNanoseconds)
    {
        FileNumber++;
        _begun = nowNanoseconds;
    }
}
