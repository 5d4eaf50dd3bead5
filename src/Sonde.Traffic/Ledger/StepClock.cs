namespace Sonde.Traffic.Ledger;

/// <summary>Cuts time into steps of about the interval, and knows how long each of the last 60 really was.</summary>
internal sealed class StepClock
{
    /// <summary>How many steps back anything is remembered.</summary>
    internal const int Depth = 60;

    /// <summary>How many steps an average goes over.</summary>
    internal const int AverageSteps = 10;

    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly TimeSpan[] _durations = new TimeSpan[Depth];
    private readonly long _origin;
    private long _stepStart;

    internal StepClock(TimeProvider time, TimeSpan interval)
    {
        _time = time;
        _interval = interval;
        _origin = _stepStart = Now = time.GetTimestamp();
    }

    /// <summary>The time of the last <see cref="Read"/>, in ticks of the clock.</summary>
    internal long Now { get; private set; }

    /// <summary>The number of the step that is running.</summary>
    internal int Step { get; private set; }

    /// <summary>The number of the minute that is running.</summary>
    internal int Minute => (int)(Elapsed.Ticks / TimeSpan.TicksPerMinute);

    /// <summary>Since the start.</summary>
    internal TimeSpan Elapsed => _time.GetElapsedTime(_origin, Now);

    /// <summary>Reads the clock.</summary>
    internal void Read() => Now = _time.GetTimestamp();

    /// <summary>Ends the step if it has been long enough; call it when everything of the step is counted.</summary>
    /// <returns>Whether a new one began.</returns>
    internal bool TryAdvance()
    {
        TimeSpan duration = _time.GetElapsedTime(_stepStart, Now);

        // A tick that comes a little early is not to double the length of its step.
        if (duration < _interval * 0.9)
        {
            return false;
        }

        _durations[Step % Depth] = duration;
        _stepStart = Now;
        Step++;
        return true;
    }

    /// <summary>How long a step was that has ended; zero for one that is forgotten or never was.</summary>
    internal TimeSpan DurationOf(int step) => step >= 0 && step < Step && step >= Step - Depth ? _durations[step % Depth] : TimeSpan.Zero;

    /// <summary>How long ago that was.</summary>
    internal TimeSpan Since(long timestamp) => _time.GetElapsedTime(timestamp, Now);
}
