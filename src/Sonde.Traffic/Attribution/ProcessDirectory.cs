using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Traffic.Ledger;

namespace Sonde.Traffic.Attribution;

/// <summary>Looks up what else is known of processes with traffic: all new ones in one reading of the process table.</summary>
internal sealed class ProcessDirectory : IDisposable
{
    private const ProcessFields Fields = ProcessFields.Core | ProcessFields.Image | ProcessFields.Arguments | ProcessFields.User | ProcessFields.Containment;

    // How often those that are known are looked for again, to see that they have ended.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly HashSet<int> _wanted = [];
    private readonly ProcessCollector? _collector;
    private readonly string? _refusal;
    private long _lastFull;

    internal ProcessDirectory(TrafficOptions options)
    {
        try
        {
            _collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = Fields, Select = process => _wanted.Contains(process.Pid), Time = options.Time });
            using ProcessSnapshot first = _collector.Collect();
            Boot = first.Boot;
        }
        catch (HostException refused)
        {
            _refusal = refused.Message;
        }
    }

    /// <summary>Which run of the system this is.</summary>
    internal Guid Boot { get; }

    /// <summary>Looks for the processes that nobody has looked for, and now and then for all.</summary>
    internal void Refresh(ProcessTable processes, StepClock clock)
    {
        bool isFull = clock.Since(_lastFull) >= s_patience;
        _wanted.Clear();
        foreach (TrackedProcess process in processes.All)
        {
            if (process.IsRunning && (isFull || !process.IsLookedUp))
            {
                _wanted.Add(process.Key.Pid);
            }
        }

        if (_wanted.Count == 0)
        {
            return;
        }

        _lastFull = isFull ? clock.Now : _lastFull;
        if (_collector is null)
        {
            Refuse(processes, _refusal ?? string.Empty);
            return;
        }

        try
        {
            using ProcessSnapshot snapshot = _collector.Collect();
            Apply(processes, snapshot);
        }
        catch (HostException refused)
        {
            Refuse(processes, refused.Message);
        }
    }

    public void Dispose() => _collector?.Dispose();

    private void Apply(ProcessTable processes, ProcessSnapshot snapshot)
    {
        foreach (TrackedProcess process in processes.All.Where(process => _wanted.Contains(process.Key.Pid)).ToList())
        {
            ProcessRecord? record = snapshot.Find(process.Key.Pid);
            bool isFirst = !process.IsLookedUp;
            process.IsLookedUp = true;
            if (record is null || (process.Key.Start != 0 && record.Key.Start != process.Key.Start))
            {
                process.IsRunning = false;
                process.Identity = process.Identity.HasValue ? process.Identity : Reading.Gone<ProcessIdentity>("it had ended before it could be asked");
                continue;
            }

            if (process.Key.Start == 0)
            {
                processes.Name(process, record.Key.Start);
            }

            // The name in the record is that of now; at first sight it may have been that of the program before exec.
            process.Name = isFirst || process.Name.Length == 0 ? record.Name : process.Name;
            process.Identity = record.Identity;
        }
    }

    private static void Refuse(ProcessTable processes, string reason)
    {
        foreach (TrackedProcess process in processes.All)
        {
            if (!process.IsLookedUp)
            {
                process.Identity = Reading.Failed<ProcessIdentity>(reason);
            }

            process.IsLookedUp = true;
        }
    }
}
