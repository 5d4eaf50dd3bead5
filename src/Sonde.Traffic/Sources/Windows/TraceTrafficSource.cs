using System.Runtime.Versioning;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Host.Processes.Events.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows.Etw;
using Sonde.Packets;
using Sonde.Traffic.Attribution;
using Sonde.Traffic.Sources.Wire;

namespace Sonde.Traffic.Sources.Windows;

/// <summary>The kernel's trace of the network: what each process's sockets sent and received, those of processes that lived a millisecond too.</summary>
[SupportedOSPlatform("windows")]
internal sealed class TraceTrafficSource : TrafficSource, IEtwConsumer
{
    /// <summary>What traces of traffic are called; each has the id of its process behind it.</summary>
    internal const string TraceName = "Sonde.traffic";

    // Busier than the trace of processes: larger buffers, handed over as soon.
    private static readonly EtwSettings s_settings = new(128, 64, 512, 10);
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(2);

    private readonly NetworkInterfaces _interfaces;
    private readonly TraceCounter _counter;
    private readonly TraceIntake _intake = new();
    private readonly StartMarks _marks;
    private readonly TraceOwners _owners;
    private readonly TimeProvider _time;
    private readonly Func<InternetAddress, bool> _isOwn;
    private readonly EtwSession _trace;
    private HostView _host;
    private long _lastRead;
    private TrafficCounters _overflowed;
    private long _mostFlows;

    /// <summary>Begins the trace.</summary>
    /// <exception cref="NativeException">The system refused the trace; the interfaces are the caller's still.</exception>
    /// <exception cref="HostException">The system does not tell its interfaces or processes.</exception>
    private TraceTrafficSource(TrafficOptions options, NetworkInterfaces interfaces)
    {
        _interfaces = interfaces;
        _counter = new TraceCounter(options.MaxKernelFlows);
        _owners = new TraceOwners(options.MaxProcesses);
        _time = options.Time;
        _marks = new StartMarks();
        _host = Look();
        _isOwn = address => _host.IsOwn(address);
        try
        {
            _trace = EtwSession.Start(TraceName, s_settings, [EtwProvider.KernelNetwork, EtwProvider.KernelProcess], this);
        }
        catch (NativeException)
        {
            _intake.Dispose();
            throw;
        }
    }

    internal override TrafficBackend Backend => TrafficBackend.EventTrace;

    internal override OwnerSource? Owners => _owners;

    internal override IReadOnlyList<string> RightsInUse => [];

    /// <summary>Begins to count.</summary>
    /// <exception cref="NativeException">The system refused the trace.</exception>
    /// <exception cref="HostException">The system does not tell its interfaces or processes.</exception>
    internal static TraceTrafficSource Open(TrafficOptions options)
    {
        var interfaces = NetworkInterfaces.Open();
        try
        {
            return new TraceTrafficSource(options, interfaces);
        }
        catch
        {
            interfaces.Dispose();
            throw;
        }
    }

    /// <summary>Not for callers: the trace tells here.</summary>
    public void Take(in EtwRecord record)
    {
        _counter.Add(record);
        _intake.Take(record);
    }

    /// <summary>Not for callers: the trace ends here.</summary>
    public void End(Exception? failure) => _intake.End(failure);

    internal override void Drain(ITrafficSink sink)
    {
        bool isOver = _intake.IsOver; // first: what came before the end is told before it
        Dictionary<TraceFlow, TraceCounts> flows = _counter.Take(out TrafficCounters overflow);
        if (_time.GetElapsedTime(_lastRead) >= s_refresh || HasNews(flows))
        {
            _host = Look();
        }

        while (_intake.TryTake(out KernelProcessEvent told, out _))
        {
            if (told.IsStart)
            {
                _owners.NoteStart(told.Pid, told.Name, _marks.Of(told) ?? 0);
            }
        }

        _owners.Begin();
        foreach ((TraceFlow flow, TraceCounts counts) in flows)
        {
            FlowKey key = flow.Orient(_isOwn);

            // Several processes may have the same ends, without connections: the process then stands for its socket.
            var identity = new FlowIdentity(key, 0, key.Protocol == IPProtocol.Tcp ? 0 : (ulong)flow.Pid);
            _owners.Note(identity, flow.Pid);
            sink.Count(new FlowCount(identity, counts.For(flow.IsReceived), 0, 0, counts.Signs));
        }

        if (overflow != default)
        {
            sink.CountOverflow(overflow);
            _overflowed += overflow;
        }

        _mostFlows = Math.Max(_mostFlows, flows.Count);
        if (isOver && _intake.Failure is { } failure)
        {
            throw failure is NativeException native ? HostException.From(native) : new HostException(HostFailure.System, "ProcessTrace", null, 0, failure.Message, failure);
        }
    }

    internal override void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
    {
        EtwLosses lost = _trace.ReadLosses();
        losses.Add(new TrafficLoss("events that found the trace's buffers full", lost.Events));
        losses.Add(new TrafficLoss("buffers of events that the trace threw away", lost.Buffers));
        losses.Add(new TrafficLoss("events beyond the table of flows (counted, but of no flow)", _overflowed.Packets, _overflowed.Bytes));
        losses.Add(new TrafficLoss("events that make no sense", _counter.Malformed + _intake.Malformed));
        losses.Add(new TrafficLoss("starts of processes that found too many waiting", _intake.Dropped));
        fillLevels.Add(new FillLevel("trace buffers", lost.BuffersInUse, lost.MaximumBuffers, 0));
        fillLevels.Add(new FillLevel("trace flows", _mostFlows, _counter.Capacity, 0));
        _mostFlows = 0;
    }

    protected override void Dispose(bool disposing)
    {
        _trace.Dispose();
        _intake.Dispose();
        _interfaces.Dispose();
    }

    private bool HasNews(Dictionary<TraceFlow, TraceCounts> flows)
    {
        foreach (TraceFlow flow in flows.Keys)
        {
            if (!_host.IsOwn(flow.Told.Local.Address) && !_host.IsOwn(flow.Told.Remote.Address))
            {
                return true;
            }
        }

        return false;
    }

    private HostView Look()
    {
        _lastRead = _time.GetTimestamp();
        return new HostView(_interfaces.Collect().Interfaces, null);
    }
}
