using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Sonde.Host;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Ledger;
using Sonde.Traffic.Names;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic;

/// <summary>Counts from its start on which process talks to whom, and how much.</summary>
/// <remarks>
/// Uses the best way to count that this system and this process's rights allow, and says in every snapshot which one that is. Once it is started the
/// rights that opened it may be given up, but for <see cref="RightsInUse"/>. Any thread may call; nothing is printed or stored, and nothing looked up on the network unless
/// the options say so.
/// <code>
/// using var monitor = TrafficMonitor.Start();
/// await Task.Delay(5000);
/// foreach (ProcessTraffic process in monitor.Snapshot().Processes) { … }
/// </code>
/// </remarks>
public sealed class TrafficMonitor : IDisposable
{
    // How often the source is read: more often than snapshots are made, so that its tables stay small and flows find their owners while these live.
    private static readonly TimeSpan s_drainInterval = TimeSpan.FromMilliseconds(250);

    // The most often that it is read, however fast its tables fill.
    private static readonly TimeSpan s_leastInterval = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly TrafficOptions _options;
    private readonly TrafficSource _source;
    private readonly IReadOnlyList<BackendStatus> _backends;
    private readonly TrafficLedger _ledger;
    private readonly SnapshotBuilder _builder;
    private readonly ProcessDirectory _processes;
    private readonly InterfaceWatch _interfaces;
    private readonly SocketWatch? _sockets;
    private readonly RemoteNames? _names;
    private readonly ManualResetEvent _stop = new(initialState: false);
    private readonly Thread? _thread;
    private readonly List<Channel<TrafficSnapshot>> _readers = [];
    private readonly EventReaders _eventReaders = new();
    private readonly Action<ConnectionEventKind, TrackedFlow> _sendEvent;
    private Exception? _failure;
    private long _lastStep;
    private bool _isDisposed;

    /// <summary>For tests: a monitor of a given source that counts when it is told to.</summary>
    internal TrafficMonitor(TrafficOptions options, TrafficSource source, SocketWatch? sockets, IReadOnlyList<BackendStatus> backends, bool isThreaded, RemoteNames? names = null)
    {
        _options = options;
        _source = source;
        _backends = backends;
        _processes = new ProcessDirectory(options, source.Owners);
        _sockets = sockets;
        _ledger = new TrafficLedger(options, OwnersOf(source, sockets), _processes.Boot, source.OwnNamespace);
        _names = names;
        _builder = new SnapshotBuilder(_ledger, options, names);
        _sendEvent = (kind, flow) => _eventReaders.Send(_builder.ToEvent(kind, flow));
        _interfaces = new InterfaceWatch(_ledger.Clock, options.WithHistory);
        if (isThreaded)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "sonde-traffic" };
        }
    }

    /// <summary>Which rung of the ladder counts.</summary>
    public TrafficBackend Backend => _source.Backend;

    /// <summary>Every rung that was tried, with the reason why it does not serve, or what its answer lacks.</summary>
    public IReadOnlyList<BackendStatus> Backends => _backends;

    /// <summary>Rights that are needed as long as it runs, by the system's names.</summary>
    public IReadOnlyList<string> RightsInUse => _source.RightsInUse;

    /// <summary>Starts counting.</summary>
    /// <exception cref="HostException">No way to count works, or not the one asked for; or there is no interface of the name asked for.</exception>
    /// <exception cref="PlatformNotSupportedException">Nothing counts on this system.</exception>
    public static TrafficMonitor Start(TrafficOptions? options = null)
    {
        options ??= new TrafficOptions();
        var ladder = TrafficLadder.Create();
        SocketWatch? sockets = TrafficLadder.OpenSockets(options);
        TrafficSource? source = null;
        TrafficMonitor? monitor = null;
        RemoteNames? names = null;
        try
        {
            names = options.HearNames || options.ReverseDns is not null
                ? RemoteNames.Start(new RemoteNamesOptions { Hear = options.HearNames, ReverseDns = options.ReverseDns, Time = options.Time })
                : null;
            source = ladder.Open(options, sockets, out IReadOnlyList<BackendStatus> tried);
            monitor = new TrafficMonitor(options, source, sockets, tried, isThreaded: true, names);
            monitor.Choose(options.Interface);
            monitor._thread?.Start();
            return monitor;
        }
        catch
        {
            if (monitor is not null)
            {
                monitor.Dispose();
            }
            else
            {
                source?.Dispose();
                sockets?.Dispose();
                names?.Dispose();
            }

            throw;
        }
    }

    /// <summary>Tries every way to count that this system has, best first.</summary>
    /// <exception cref="PlatformNotSupportedException">Nothing counts on this system.</exception>
    public static IReadOnlyList<BackendStatus> Check() => TrafficLadder.Create().Check();

    /// <summary>Everything that was counted until now.</summary>
    /// <exception cref="HostException">The system stopped telling.</exception>
    public TrafficSnapshot Snapshot()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_failure is { } failure)
            {
                throw Refusal(failure);
            }

            _source.Hurry();
            _names?.Hurry();
            Count();
            EndStep();
            return Build();
        }
    }

    /// <summary>A snapshot for each interval, from the next one on. A reader that is too slow misses the older ones; each snapshot holds everything.</summary>
    /// <exception cref="HostException">The system stopped telling.</exception>
    public async IAsyncEnumerable<TrafficSnapshot> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateBounded<TrafficSnapshot>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _readers.Add(channel);
        }

        try
        {
            await foreach (TrafficSnapshot snapshot in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return snapshot;
            }
        }
        finally
        {
            lock (_lock)
            {
                _readers.Remove(channel);
            }
        }
    }

    /// <summary>What happens to connections from now on: each that opens, whose process is found, that closes. Connections that were there before are told of from their next change on.</summary>
    /// <remarks>A reader that is slower than 16,384 events misses the oldest, and <see cref="ConnectionEvent.Missed"/> says how many.</remarks>
    /// <exception cref="HostException">The system stopped telling.</exception>
    public async IAsyncEnumerable<ConnectionEvent> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        EventReaders.Reader reader;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            reader = _eventReaders.Add();
        }

        try
        {
            await foreach (ConnectionEvent one in reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return reader.Stamp(one);
            }
        }
        finally
        {
            _eventReaders.Remove(reader);
        }
    }

    /// <summary>Stops counting; may be called more than once.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        _stop.Set();
        if (_thread is { IsAlive: true })
        {
            _thread.Join();
        }

        Complete(null);
        _source.Dispose();
        _sockets?.Dispose();
        _names?.Dispose();
        _processes.Dispose();
        _interfaces.Dispose();
        _stop.Dispose();
    }

    /// <summary>Reads the source, and sends a snapshot to those who wait for one when the interval is over.</summary>
    internal void Tick()
    {
        lock (_lock)
        {
            Count();
            if (_ledger.Clock.Since(_lastStep) < _options.Interval * 0.9)
            {
                return;
            }

            _lastStep = _ledger.Clock.Now;
            EndStep();
            if (_readers.Count > 0)
            {
                TrafficSnapshot snapshot = Build();
                foreach (Channel<TrafficSnapshot> reader in _readers)
                {
                    reader.Writer.TryWrite(snapshot);
                }
            }
        }
    }

    private static Exception Refusal(Exception failure) =>
        failure is Interop.NativeException native ? HostException.From(native) : failure;

    private static List<OwnerSource> OwnersOf(TrafficSource source, SocketWatch? sockets)
    {
        var owners = new List<OwnerSource>();
        if (source.Owners is { } own)
        {
            owners.Add(own);
        }

        if (sockets is not null)
        {
            owners.Add(new SocketOwners(sockets));
        }

        return owners;
    }

    private void Choose(string? name)
    {
        if (name is null)
        {
            return;
        }

        if (!_interfaces.Names.Contains(name))
        {
            throw new HostException(HostFailure.NotFound, "interface", name, 0, $"there is none of this name; there are {string.Join(", ", _interfaces.Names)}");
        }

        // By name: one that is removed and made anew has another number.
        _ledger.CountsInterface = index => _interfaces.IsNamed(index, name, _ledger.Clock);
    }

    private void Count()
    {
        _ledger.Clock.Read();
        _source.Drain(_ledger);
        _ledger.Settle();
        _ledger.Changes.Tell(_eventReaders.IsEmpty ? null : _sendEvent);
    }

    /// <summary>How long to wait so that the source's table is half full at the next reading: what finds it full is counted, but of no process.</summary>
    internal static TimeSpan NextWait(TimeSpan last, double fullness, TimeSpan longest)
    {
        const double Wanted = 0.5;
        TimeSpan next = fullness * longest <= Wanted * last ? longest : last * (Wanted / fullness);
        return next > s_leastInterval ? next : s_leastInterval < longest ? s_leastInterval : longest;
    }

    // What is looked at once a step.
    private void EndStep()
    {
        _processes.Refresh(_ledger.Processes, _ledger.Clock);
        _names?.Want(_ledger);
        _interfaces.Refresh(_ledger.Clock);
        if (_options.MeasureTcp && _sockets is not null && !_source.ReadsSockets)
        {
            _sockets.Read(withOwners: false);
        }

        if (_sockets?.Snapshot is { } sockets && (_options.MeasureTcp || _source.ReadsSockets))
        {
            TcpSampler.Sample(_ledger, sockets, byEndpoints: _source.Backend is TrafficBackend.Packets or TrafficBackend.EventTrace);
        }

        _ledger.Clock.TryAdvance();
    }

    private TrafficSnapshot Build() => _builder.Build(_source, _backends, _interfaces);

    private void Run()
    {
        TimeSpan longest = _options.Interval < s_drainInterval ? _options.Interval : s_drainInterval;
        TimeSpan wait = longest;
        try
        {
            while (!_stop.WaitOne(wait))
            {
                Tick();
                wait = NextWait(wait, _source.Fullness, longest);
            }
        }
        catch (Exception failure) when (failure is Interop.NativeException or HostException)
        {
            // The top of a thread: readers of the stream and the next snapshot throw it.
            lock (_lock)
            {
                _failure = failure;
            }

            Complete(Refusal(failure));
        }
    }

    private void Complete(Exception? failure)
    {
        lock (_lock)
        {
            foreach (Channel<TrafficSnapshot> reader in _readers)
            {
                reader.Writer.TryComplete(failure);
            }
        }

        _eventReaders.Complete(failure);
    }
}
