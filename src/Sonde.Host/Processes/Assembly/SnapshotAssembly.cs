namespace Sonde.Host.Processes.Assembly;

/// <summary>Makes snapshots out of what an engine and a reader deliver: the part of collecting processes that is the same on every system.</summary>
internal sealed class SnapshotAssembly : IDisposable
{
    private readonly ProcessCollectorOptions _options;
    private readonly ProcessReader _reader;
    private readonly SampleTable _table;
    private readonly SnapshotPool _pool = new();
    private readonly IReadOnlyList<Gap> _gaps;
    private readonly ProcessFields _identityFields;
    private readonly ProcessFields _detailFields;

    internal SnapshotAssembly(ProcessCollectorOptions options, ProcessEngine engine, ProcessReader reader)
    {
        _options = options;
        Engine = engine;
        _reader = reader;
        _table = new SampleTable(reader.Boot, options.Time, options.MaxProcesses);
        _gaps = [.. engine.Gaps, .. reader.Gaps];
        _identityFields = options.Fields & ProcessFields.Identity;
        _detailFields = options.Fields & ProcessFields.OnRequest;
    }

    internal ProcessEngine Engine { get; }

    /// <summary>How many processes are remembered between cycles; for tests of the bound.</summary>
    internal int TrackedCount => _table.TrackedCount;

    internal ProcessSnapshot Collect()
    {
        TimeProvider time = _options.Time;
        long started = time.GetTimestamp();
        ProcessSnapshot snapshot = _pool.Take();
        bool isComplete = false;
        try
        {
            snapshot.Begin(_reader.Boot, time.GetUtcNow(), Engine.Kind, _options.Fields | ProcessFields.Core);
            _table.Begin(snapshot, Engine.Reasons);
            _table.WantedAtOnce = _options.Select is null ? _identityFields : ProcessFields.None;
            _reader.BeginCycle(_options.Fields);
            Engine.Read((_options.Fields & ProcessFields.EveryCycle) | ProcessFields.Core, _table);
            _table.End();
            if ((_identityFields | _detailFields) != ProcessFields.None)
            {
                Enrich(snapshot, started);
            }

            snapshot.Complete(time.GetElapsedTime(started), _table.Vanished, GapsNow());
            isComplete = true;
            return snapshot;
        }
        finally
        {
            if (!isComplete)
            {
                snapshot.Dispose();
            }
        }
    }

    public void Dispose()
    {
        Engine.Dispose();
        _reader.Dispose();
    }

    private void Enrich(ProcessSnapshot snapshot, long now)
    {
        foreach (ProcessRecord record in snapshot.AsSpan())
        {
            TrackedProcess tracked = _table.Tracked(record.Pid);
            if (_options.Select is { } select && !select(record))
            {
                continue;
            }

            if (_identityFields != ProcessFields.None)
            {
                if (tracked.Identity is null || IsOld(record.Pid, tracked, now))
                {
                    Identify(record, tracked, now);
                }

                record.SetIdentity(tracked.Identity ?? ProcessIdentity.Gone);
            }

            if (_detailFields != ProcessFields.None)
            {
                var details = new ProcessDetails();
                record.SetDetails(_reader.ReadDetails(record.Sample, _detailFields, details) ? details : ProcessDetails.Gone);
            }
        }
    }

    // Not all at once: those that were read together are read again over half of the time, so that no cycle does it for all.
    private bool IsOld(int pid, TrackedProcess tracked, long now) =>
        _options.Time.GetElapsedTime(tracked.IdentityTimestamp, now) >= _options.IdentityRefresh * (1 - (pid % 64 / 128.0));

    private void Identify(ProcessRecord record, TrackedProcess tracked, long now)
    {
        var identity = new ProcessIdentity { Fields = _identityFields };
        ProcessFields left = _identityFields & ~Engine.Fill(record.Pid, _identityFields, identity);
        if (left == ProcessFields.None || _reader.ReadIdentity(record.Sample, left, identity))
        {
            tracked.Identity = identity;
            tracked.IdentityTimestamp = now;
        }
    }

    // The lists of the engine and the reader never change, so that a cycle without a gap of its own makes no list.
    private IReadOnlyList<Gap> GapsNow()
    {
        if (_table.LeftOut == 0 && _table.Refused == 0 && _table.Damaged == 0)
        {
            return _gaps;
        }

        List<Gap> gaps = [.. _gaps];
        if (_table.Refused > 0)
        {
            gaps.Add(new Gap("processes", ReadingStatus.Denied, "they are there, and the system shows nothing of them to this user", _table.Refused));
        }

        if (_table.Damaged > 0)
        {
            gaps.Add(new Gap("processes", ReadingStatus.Failed, "the system's answer was damaged", _table.Damaged));
        }

        if (_table.LeftOut > 0)
        {
            gaps.Add(new Gap("processes", ReadingStatus.Failed, $"only {_options.MaxProcesses} are read at most", _table.LeftOut));
        }

        return gaps;
    }
}
