using System.Diagnostics;

namespace Sonde.Cli.Capturing;

/// <summary>When the next frame is due: at a rate, at the times of a file, or at once.</summary>
/// <remarks>Counted from the beginning and not from the frame before: what comes late does not make the rest late.</remarks>
internal sealed class SendPace(double? ratePerSecond)
{
    // A gap in a file longer than this is a pause of the capture, and is cut to it.
    private const long LongestGap = 60_000_000_000;

    private long _started; // at the first frame: what happens before it is not made up for
    private long _frames;
    private long _elapsedInFile;
    private long? _previous;

    /// <summary>Whether frames go as fast as they are taken.</summary>
    internal bool IsUnlimited => ratePerSecond is double.PositiveInfinity;

    /// <summary>How long to wait before the next frame, in nanoseconds; 0 or less when it is due.</summary>
    /// <param name="timestampNanoseconds">The frame's time in its file, or null.</param>
    internal long WaitFor(long? timestampNanoseconds)
    {
        if (IsUnlimited)
        {
            return 0;
        }

        if (_started == 0)
        {
            _started = Stopwatch.GetTimestamp();
        }

        long due;
        if (ratePerSecond is double rate)
        {
            due = (long)(_frames++ / rate * 1e9);
        }
        else
        {
            // Times that go back are due at once: files of several interfaces are not quite sorted.
            long gap = timestampNanoseconds is long time && _previous is long previous ? Math.Clamp(time - previous, 0, LongestGap) : 0;
            _elapsedInFile += gap;
            _previous = timestampNanoseconds is long now && (_previous is null || now > _previous) ? now : _previous;
            due = _elapsedInFile;
        }

        return due - (long)Stopwatch.GetElapsedTime(_started).TotalNanoseconds;
    }

    /// <summary>The file begins anew: its first frame follows the last one at once.</summary>
    internal void BeginAgain() => _previous = null;
}
