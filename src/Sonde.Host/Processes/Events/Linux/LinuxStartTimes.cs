using System.Runtime.Versioning;
using Sonde.Host.Processes.Events.Tracking;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Events.Linux;

/// <summary>Starts by the ticks of the table, which count since the system started, sleep included; events count without sleep.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxStartTimes : StartTimes
{
    private readonly TimeSpan _slept = TimeSpan.FromTicks(LibC.SleptNanoseconds / 100);
    private readonly int _perSecond = LibC.ClockTicksPerSecond;

    internal override TimeSpan? Of(ProcessRecord record) =>
        TimeSpan.FromTicks((long)Math.Min(record.Key.Start, (ulong)(long.MaxValue / TimeSpan.TicksPerSecond)) * TimeSpan.TicksPerSecond / _perSecond) - _slept;
}
