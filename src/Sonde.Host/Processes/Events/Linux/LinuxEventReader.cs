using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Events.Tracking;
using Sonde.Host.Processes.Linux;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Events.Linux;

/// <summary>Reads a process out of /proc as soon as an event tells of it: its folder is held while it is read, so all is of one process.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxEventReader : IDisposable
{
    private static readonly TimeSpan s_usersRefresh = TimeSpan.FromSeconds(1);

    private readonly ProcessEventOptions _options;
    private readonly LinuxProcessReader _reader;
    private readonly LinuxClock _clock;
    private readonly ProcessFields _fields;
    private readonly long _pageSize = Environment.SystemPageSize;
    private long _usersRead;

    internal LinuxEventReader(ProcessEventOptions options)
    {
        _options = options;
        _fields = options.Fields & ProcessFields.Identity;
        _reader = LinuxProcessLadder.OpenReader(options.ForCollector(), out LinuxProcView view);
        _clock = view.Clock;
        Boot = view.Boot;
    }

    internal Guid Boot { get; }

    /// <summary>The mark of a start at this moment of CLOCK_MONOTONIC.</summary>
    internal ulong TicksOf(long nanoseconds) => (ulong)Math.Max(0, (long)(((Int128)nanoseconds + LibC.SleptNanoseconds) * _clock.TicksPerSecond / 1_000_000_000));

    /// <summary>Reads a process.</summary>
    /// <param name="pid">Its id.</param>
    /// <param name="happened">When the event happened that it is read for.</param>
    /// <param name="latestStart">The mark after which it cannot have started: what started later has the id only since.</param>
    /// <returns>Null when it is gone.</returns>
    internal ProcessFacts? Read(int pid, in EventMoment happened, ulong latestStart)
    {
        if (_reader.Files.Enter(pid) < 0)
        {
            return null;
        }

        try
        {
            if (_reader.Files.Read("stat"u8, out ReadOnlySpan<byte> text) <= 0 || !ProcStat.TryParse(text, out ProcStat stat) || stat.StartTicks > latestStart)
            {
                return null;
            }

            ProcessSample sample = default;
            LinuxSamples.Fill(stat, _clock, _pageSize, ref sample);
            string name = SystemText.Of(stat.Name);
            var identity = new ProcessIdentity { Fields = _fields };
            _reader.ReadEntered(sample, _fields, identity);
            return new ProcessFacts(
                sample.Start,
                name,
                sample.ParentPid,
                identity,
                sample.ImageStamp,
                TimeSpan.FromTicks(_clock.ToTimeSpanTicks(sample.Start) - (LibC.SleptNanoseconds / 100)),
                EventMoment.Now(_options.Time).Monotonic - happened.Monotonic);
        }
        finally
        {
            _reader.Files.Leave();
        }
    }

    /// <summary>Refreshes what all processes share; between two batches.</summary>
    internal void Refresh()
    {
        long now = _options.Time.GetTimestamp();
        if (_usersRead == 0 || _options.Time.GetElapsedTime(_usersRead, now) > s_usersRefresh)
        {
            _usersRead = now;
            _reader.BeginCycle(_fields);
        }
    }

    public void Dispose() => _reader.Dispose();
}
