using System.Diagnostics.CodeAnalysis;
using Sonde.Host;
using Sonde.Link;
using Sonde.Packets;
using Sonde.Traffic.Capturing;

namespace Sonde.Traffic.Dns;

/// <summary>Watches the DNS of this host as it happens: every question with the process that asked, and what became of it.</summary>
/// <remarks>
/// Needs the right to capture packets; the kernel hands over nothing but DNS. Once it is started that right may be given up, but for
/// <see cref="RightsInUse"/>. One thread reads exchanges; any may ask for statistics.
/// <code>
/// using var monitor = DnsMonitor.Start();
/// while (monitor.TryRead(TimeSpan.FromSeconds(1), out DnsExchange? exchange)) { … }
/// </code>
/// </remarks>
public sealed class DnsMonitor : IDisposable
{
    // How long an exchange waits for its process at most.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    private readonly DnsMonitorOptions _options;
    private readonly FilteredCapture _capture;
    private readonly SteadyTime _steady;
    private readonly DnsAskers? _askers;
    private readonly DnsObservatory _observatory;
    private readonly Lock _lock = new(); // of the observatory: devices have a thread each
    private readonly object _gate = new(); // of both queues
    private readonly Queue<(DnsExchange Exchange, long Since)> _waiting = new();
    private readonly Queue<DnsExchange> _ready = new();
    private readonly AutoResetEvent _asked = new(initialState: false);
    private readonly Thread _thread;
    private HostException? _askersFailure;
    private long _dropped;
    private bool _isEnding;
    private bool _hasEnded;
    private bool _isDisposed;

    private DnsMonitor(DnsMonitorOptions options, FilteredCapture capture, DnsAskers? askers)
    {
        _options = options;
        _capture = capture;
        _steady = new SteadyTime(options.Time);
        _askers = askers;
        _observatory = new DnsObservatory(options.Dns, new Sink(this));
        _thread = new Thread(Run) { IsBackground = true, Name = "sonde-dns" };
    }

    /// <summary>How packets come: "af_packet ring", "bpf", "npcap".</summary>
    public string Way => _capture.Way;

    /// <summary>How processes are found: "kernel", "table of sockets (…)", "none".</summary>
    public string OwnersWay => _askers?.Way ?? "none";

    /// <summary>Rights that are needed as long as it runs, by the system's names.</summary>
    public IReadOnlyList<string> RightsInUse => _askers?.RightsInUse ?? [];

    /// <summary>What cannot be seen, and why.</summary>
    public IReadOnlyList<Gap> Gaps => _askersFailure is { } refused
        ? [.. _capture.Gaps, new Gap("processes of questions", ReadingStatus.Failed, refused.Message, 1)]
        : _capture.Gaps;

    /// <summary>What was seen until now.</summary>
    /// <exception cref="LinkException">The system does not tell what was lost.</exception>
    public DnsStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                if (!_isDisposed)
                {
                    _capture.CountLosses();
                }

                DnsStatistics seen = _observatory.Statistics;
                return seen with
                {
                    Losses =
                    [
                        .. seen.Losses,
                        new TrafficLoss("packets that found the capture buffer full", _capture.Dropped),
                        new TrafficLoss("exchanges that nobody read in time", Interlocked.Read(ref _dropped)),
                    ],
                };
            }
        }
    }

    /// <summary>Starts watching.</summary>
    /// <exception cref="LinkException">The system lets us have no packets; <see cref="LinkException.Failure"/> says why.</exception>
    /// <exception cref="HostException">The system does not tell its interfaces.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static DnsMonitor Start(DnsMonitorOptions? options = null)
    {
        options ??= new DnsMonitorOptions();
        var capture = FilteredCapture.Open(options.Interface, DnsFilter.Of(options.Dns), options.CaptureBufferBytes);
        DnsAskers? askers = null;
        try
        {
            askers = options.FindProcesses ? DnsAskers.Open(options.Dns, options.Time) : null;
            var monitor = new DnsMonitor(options, capture, askers);
            monitor._thread.Start();
            capture.Start(monitor.Take, options.Time);
            return monitor;
        }
        catch
        {
            capture.Dispose();
            askers?.Dispose();
            throw;
        }
    }

    /// <summary>The next exchange that has its end.</summary>
    /// <param name="wait">How long to wait for it.</param>
    /// <param name="exchange">The exchange.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when there was none in that time, when the wait was cancelled, and after <see cref="Finish"/> when all were read.</returns>
    /// <exception cref="LinkException">The interface is gone, or the system failed; all that came before was read.</exception>
    public bool TryRead(TimeSpan wait, [NotNullWhen(true)] out DnsExchange? exchange, CancellationToken cancellationToken = default)
    {
        long started = _options.Time.GetTimestamp();
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static self => ((DnsMonitor)self!).Pulse(), this); // "this", given here
        lock (_gate)
        {
            while (!_ready.TryDequeue(out exchange))
            {
                if (_hasEnded && _capture.Failure is { } failure)
                {
                    throw failure;
                }

                TimeSpan left = wait - _options.Time.GetElapsedTime(started);
                if (_hasEnded || cancellationToken.IsCancellationRequested || left <= TimeSpan.Zero)
                {
                    return false;
                }

                Monitor.Wait(_gate, left < s_tick ? left : s_tick);
            }

            return true;
        }
    }

    /// <summary>Ends watching: what has passed by now is read, questions without an answer are told as pending, and nothing comes after.</summary>
    public void Finish()
    {
        if (_isEnding)
        {
            return;
        }

        _capture.Hurry();
        lock (_lock)
        {
            _isEnding = true;
            _observatory.Finish();
        }

        _asked.Set();
        _thread.Join();
    }

    /// <summary>Stops watching; may be called more than once.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _isEnding = true;
        }

        _asked.Set();
        _thread.Join();
        _capture.Dispose();
        _askers?.Dispose();
        _asked.Dispose();
    }

    private void Take(in Frame frame)
    {
        if (frame.Audience == FrameAudience.OtherHost)
        {
            return;
        }

        long time = _steady.Of(frame.Clock == FrameClock.None ? Nanoseconds(_options.Time.GetUtcNow()) : frame.TimestampNanoseconds);
        lock (_lock)
        {
            if (!_isEnding)
            {
                _observatory.Add(frame.LinkType, frame.Data, frame.WireLength, time, frame.InterfaceIndex);
            }
        }
    }

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private void Pulse()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        bool isLast;
        do
        {
            _asked.WaitOne(s_tick);
            lock (_lock)
            {
                isLast = _isEnding || _capture.Failure is not null;
                if (!_isEnding)
                {
                    // Not the clock's time: on a busy host an answer may have come that nobody had the time to read yet.
                    _observatory.Advance(_steady.Of(Nanoseconds(_capture.CompleteUntil)));
                }
            }

            Look();
            Publish(isLast);
        }
        while (!isLast);
        lock (_gate)
        {
            _hasEnded = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Look()
    {
        if (_askersFailure is not null)
        {
            return;
        }

        try
        {
            _askers?.Look();
        }
        catch (Exception refused) when (refused is HostException or Interop.NativeException)
        {
            // Exchanges go on without processes, and the gap says so.
            _askersFailure = refused as HostException ?? HostException.From((Interop.NativeException)refused);
        }
    }

    // In their order: one whose process is still looked for holds up those behind it, for a moment.
    private void Publish(bool isLast)
    {
        lock (_gate)
        {
            while (_waiting.TryPeek(out (DnsExchange Exchange, long Since) next))
            {
                bool isFinal = true;
                DnsExchange exchange = _askers is null ? next.Exchange : _askers.Attribute(next.Exchange, out isFinal);
                if (!isFinal && !isLast && _askersFailure is null && _options.Time.GetElapsedTime(next.Since) < s_patience)
                {
                    break;
                }

                _waiting.Dequeue();
                if (_ready.Count >= _options.MaxUnread)
                {
                    _ready.Dequeue();
                    Interlocked.Increment(ref _dropped);
                }

                _ready.Enqueue(exchange);
            }

            Monitor.PulseAll(_gate);
        }
    }

    private sealed class Sink(DnsMonitor monitor) : IDnsSink
    {
        public bool WantsExchanges => true;

        public void Ask(in DnsEnvelope question)
        {
            monitor._askers?.Want(new FlowKey(question.Transport, question.Source, question.Destination));
            monitor._asked.Set();
        }

        public void Tell(DnsExchange exchange)
        {
            lock (monitor._gate)
            {
                if (monitor._waiting.Count >= monitor._options.MaxUnread)
                {
                    monitor._waiting.Dequeue();
                    Interlocked.Increment(ref monitor._dropped);
                }

                monitor._waiting.Enqueue((exchange with { Time = exchange.Time + monitor._steady.Offset }, monitor._options.Time.GetTimestamp()));
            }
        }

        public void Name(InternetAddress address, ReadOnlySpan<char> name, int timeToLiveSeconds, in DnsEnvelope answer)
        {
        }
    }
}
