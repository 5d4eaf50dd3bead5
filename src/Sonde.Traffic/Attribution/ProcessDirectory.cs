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
    private readonly OwnerSource? _names;
    private long _lastFull;

    /// <summary>Opens the process table.</summary>
    /// <param name="options">The clock.</param>
    /// <param name="names">Knows the names with which processes ended; may be null.</param>
    internal ProcessDirectory(TrafficOptions options, OwnerSource? names = null)
    {
        _names = names;
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
            if (process.IsRunning && process.LastSeen > process.LastChecked)
            {
                process.LastChecked = clock.Now;
                EndIfEnded(process);
            }

            if (!process.IsLookedUp || (process.IsRunning && isFull))
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
            process.IsLookedUp = true;
            if (record is null || (process.Key.Start != 0 && record.Key.Start != process.Key.Start))
            {
                EndIfEnded(process);
                process.IsRunning = false;
                process.Identity = process.Identity.HasValue ? process.Identity : Reading.Gone<ProcessIdentity>("it had ended before it could be asked");
                continue;
            }

            if (process.Key.Start == 0)
            {
                processes.Name(process, record.Key.Start);
            }

            // The name of now: what was seen with its first socket may be that of the program before exec.
            process.Name = record.Name;
            process.Identity = record.Identity;
        }
    }

    private void EndIfEnded(TrackedProcess process)
    {
        if (process.Key.Start != 0 && _names?.LastNameOf(process.Key.Pid, process.Key.Start) is { Length: > 0 } last)
        {
            process.Name = last;
            process.IsRunning = false;
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
