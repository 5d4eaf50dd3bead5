using System.Runtime.Versioning;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Events.Tracking;

/// <summary>When processes of the table started, on the monotonic clock.</summary>
internal abstract class StartTimes
{
    private protected StartTimes()
    {
    }

    /// <summary>The way of this system.</summary>
    internal static StartTimes Create(TimeProvider time) => OperatingSystem.IsLinux() ? new Ticks() : new WallClock(time);

    /// <summary>When this process started, or null when it cannot be told.</summary>
    internal abstract TimeSpan? Of(ProcessRecord record);

    // The table counts ticks since the system started, sleep included; events count without sleep.
    [SupportedOSPlatform("linux")]
    private sealed class Ticks : StartTimes
    {
        private readonly TimeSpan _slept = TimeSpan.FromTicks(LibC.SleptNanoseconds / 100);
        private readonly int _perSecond = LibC.ClockTicksPerSecond;

        internal override TimeSpan? Of(ProcessRecord record) =>
            TimeSpan.FromTicks((long)Math.Min(record.Key.Start, (ulong)(long.MaxValue / TimeSpan.TicksPerSecond)) * TimeSpan.TicksPerSecond / _perSecond) - _slept;
    }

    // The other systems keep wall-clock times; the clock is asked once, so that a step of it later does not move them.
    private sealed class WallClock : StartTimes
    {
        private readonly EventMoment _opened;

        internal WallClock(TimeProvider time) => _opened = EventMoment.Now(time);

        internal override TimeSpan? Of(ProcessRecord record) =>
            record.StartTime.TryGetValue(out DateTimeOffset started) ? _opened.Monotonic + (started - _opened.Time) : null;
    }
}
