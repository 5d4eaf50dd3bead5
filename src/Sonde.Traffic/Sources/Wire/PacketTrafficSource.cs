using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Link;

namespace Sonde.Traffic.Sources.Wire;

/// <summary>The packet plane: counts what crosses the interfaces of this network namespace; whose it is the table of sockets says.</summary>
/// <remarks>
/// One device shows all interfaces, so that one that appears is seen from its first packet on and no right is needed after the start. A thread adds
/// up by flow; which end is local is decided when the sums are told, by the addresses that the host has then.
/// </remarks>
internal sealed class PacketTrafficSource : TrafficSource
{
    // Enough for the headers of any packet that has ports.
    private const int SnapLength = 192;
    private const int DefaultBuffer = 8 << 20;

    // A block that is not full is handed over after this time, or once more of it.
    private static readonly TimeSpan s_block = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    // Own addresses come and go; those that packets ask for are looked up at once.
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(2);

    private readonly FrameDevice _device;
    private readonly NetworkInterfaces _interfaces;
    private readonly PacketCounter _counter;
    private readonly TimeProvider _time;
    private readonly string? _only;
    private readonly Thread _thread;
    private readonly object _passes = new();
    private HostView _host;
    private LinkException? _failure;
    private TrafficCounters _overflowed;
    private long _lastRead;
    private long _lastPass;
    private long _mostFlows;
    private bool _hasEnded;

    private PacketTrafficSource(FrameDevice device, NetworkInterfaces interfaces, TrafficOptions options, ulong networkNamespace)
    {
        _device = device;
        _interfaces = interfaces;
        _counter = new PacketCounter(options.MaxKernelFlows);
        _time = options.Time;
        _only = options.Interface;
        OwnNamespace = networkNamespace;
        _host = Look();
        _thread = new Thread(Run) { IsBackground = true, Name = "sonde-packets" };
        _thread.Start();
    }

    internal override TrafficBackend Backend => TrafficBackend.Packets;

    internal override ulong OwnNamespace { get; }

    /// <summary>How frames come.</summary>
    internal string Way => _device.Backend;

    /// <summary>Opens the device and begins to count.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="networkNamespace">The kernel's cookie of this process's network namespace, or 0.</param>
    /// <exception cref="LinkException">The system lets us have no frames.</exception>
    /// <exception cref="HostException">The system does not tell its interfaces.</exception>
    internal static PacketTrafficSource Open(TrafficOptions options, ulong networkNamespace)
    {
        FrameDevice? device = null;
        NetworkInterfaces? interfaces = null;
        try
        {
            interfaces = NetworkInterfaces.Open();
            device = FrameDevice.Open(FrameDevice.AnyInterface, new FrameDeviceOptions
            {
                Mode = FrameMode.Capture,
                SnapLength = SnapLength,
                BufferSize = options.CaptureBufferBytes > 0 ? options.CaptureBufferBytes : DefaultBuffer,
                BlockTimeout = s_block,
            });
            return new PacketTrafficSource(device, interfaces, options, networkNamespace);
        }
        catch
        {
            device?.Dispose();
            interfaces?.Dispose();
            throw;
        }
    }

    internal override void Drain(ITrafficSink sink)
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw Refusal(failure);
        }

        Dictionary<WireFlow, WireCounts> flows = _counter.Take(out TrafficCounters overflow);
        if (_time.GetElapsedTime(_lastRead) >= s_refresh || HasNews(flows))
        {
            _host = Look();
        }

        foreach ((WireFlow flow, WireCounts counts) in flows)
        {
            PacketSorter.Sort(flow, counts, _host, OwnNamespace, sink);
        }

        if (overflow != default)
        {
            sink.CountOverflow(overflow);
            _overflowed += overflow;
        }

        _mostFlows = Math.Max(_mostFlows, flows.Count);
    }

    /// <summary>Waits until everything that has crossed an interface by now has been added up.</summary>
    internal override void Hurry()
    {
        // The kernel hands a block over between one and two of its times after its first packet.
        long started = _time.GetTimestamp();
        TimeSpan enough = 3 * s_block;
        lock (_passes)
        {
            while (!_hasEnded && _time.GetElapsedTime(started, _lastPass) < enough)
            {
                TimeSpan left = s_patience - _time.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_passes, left))
                {
                    return;
                }
            }
        }
    }

    internal override void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
    {
        FrameStatistics statistics;
        try
        {
            statistics = _device.Statistics;
        }
        catch (LinkException refused)
        {
            throw Refusal(refused);
        }

        losses.Add(new TrafficLoss("packets that found the capture buffer full", statistics.Dropped ?? 0));
        losses.Add(new TrafficLoss("packets beyond the table of flows (counted, but of no flow)", _overflowed.Packets, _overflowed.Bytes));
        losses.Add(new TrafficLoss("packets whose headers make no sense", _counter.Malformed + statistics.Malformed));
        fillLevels.Add(new FillLevel("packet flows", _mostFlows, _counter.Capacity, 0));
        _mostFlows = 0;
    }

    protected override void Dispose(bool disposing)
    {
        _device.Dispose();
        _thread.Join();
        _interfaces.Dispose();
    }

    private static HostException Refusal(LinkException refused) => new(
        refused.Failure == LinkFailure.AccessDenied ? HostFailure.AccessDenied : HostFailure.System,
        refused.Operation,
        refused.InterfaceName,
        refused.NativeError,
        refused.Reason,
        refused);

    private bool HasNews(Dictionary<WireFlow, WireCounts> flows)
    {
        foreach (WireFlow flow in flows.Keys)
        {
            if (!PacketSorter.IsExplained(flow, _host))
            {
                return true;
            }
        }

        return false;
    }

    private HostView Look()
    {
        _lastRead = _time.GetTimestamp();
        var view = new HostView(_interfaces.Collect().Interfaces, _only);
        _counter.Mtus = view.Mtus;
        return view;
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                long started = _time.GetTimestamp();
                if (!_counter.Add(_device))
                {
                    continue;
                }

                lock (_passes)
                {
                    _lastPass = started;
                    Monitor.PulseAll(_passes);
                }

                if (_device.Wait(s_pause) == FrameWait.Stopped)
                {
                    return;
                }
            }
        }
        catch (LinkException failure)
        {
            // The top of a thread: the next reading throws it.
            Volatile.Write(ref _failure, failure);
        }
        finally
        {
            lock (_passes)
            {
                _hasEnded = true;
                Monitor.PulseAll(_passes);
            }
        }
    }
}
