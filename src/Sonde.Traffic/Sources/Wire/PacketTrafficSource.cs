using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Link;
using Sonde.Traffic.Capturing;

namespace Sonde.Traffic.Sources.Wire;

/// <summary>The packet plane: counts what crosses the interfaces of this network namespace; whose it is the table of sockets says.</summary>
/// <remarks>
/// Where the system has a device that shows all interfaces, one that appears is seen from its first packet on, and no right is needed after the start. Elsewhere
/// each interface has a device of its own, and new ones are opened when they are noticed. Threads add up by flow; which end is local is decided when the sums
/// are told, by the addresses that the host has then.
/// </remarks>
internal sealed class PacketTrafficSource : TrafficSource
{
    // Enough for the headers of any packet that has ports.
    private const int SnapLength = 192;
    private const int DefaultBuffer = 8 << 20;

    // A block that is not full is handed over after this time, or once more of it.
    private static readonly TimeSpan s_block = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    // Own addresses come and go; those that packets ask for are looked up at once.
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(2);

    private readonly NetworkInterfaces _interfaces;
    private readonly PacketCounter _counter;
    private readonly TimeProvider _time;
    private readonly string? _only;
    private readonly FrameDeviceOptions _deviceOptions;
    private readonly bool _isEachAlone;
    private readonly List<CapturingDevice> _devices = [];
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private HostView _host;
    private LinkException? _lastRefusal;
    private TrafficCounters _overflowed;
    private long _droppedBefore;
    private long _malformedBefore;
    private long _silent;
    private long _lastRead;
    private long _mostFlows;

    private PacketTrafficSource(FrameDevice? all, FrameDeviceOptions deviceOptions, NetworkInterfaces interfaces, TrafficOptions options, ulong networkNamespace)
    {
        _interfaces = interfaces;
        _counter = new PacketCounter(options.MaxKernelFlows);
        _time = options.Time;
        _only = options.Interface;
        _deviceOptions = deviceOptions;
        _isEachAlone = all is null;
        OwnNamespace = networkNamespace;
        if (all is not null)
        {
            Listen(all);
        }

        _host = Look();
    }

    internal override TrafficBackend Backend => TrafficBackend.Packets;

    internal override ulong OwnNamespace { get; }

    // A device for an interface that appears later needs what the first ones needed.
    internal override IReadOnlyList<string> RightsInUse => _isEachAlone ? [.. base.RightsInUse, "CAP_NET_RAW"] : base.RightsInUse;

    /// <summary>How frames come.</summary>
    internal string Way => _devices[0].Device.Backend;

    /// <summary>The interfaces that are listened to, or one name for all.</summary>
    internal IEnumerable<string> Names => _devices.Select(static one => one.Device.Name);

    /// <summary>Opens the device, or one for each interface where none shows all, and begins to count.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="networkNamespace">The kernel's cookie of this process's network namespace, or 0.</param>
    /// <param name="isEachAlone">Whether to open each interface alone even where one device could show all.</param>
    /// <exception cref="LinkException">The system lets us have no frames.</exception>
    /// <exception cref="HostException">The system does not tell its interfaces.</exception>
    internal static PacketTrafficSource Open(TrafficOptions options, ulong networkNamespace, bool isEachAlone = false)
    {
        var deviceOptions = new FrameDeviceOptions
        {
            Mode = FrameMode.Capture,
            SnapLength = SnapLength,
            BufferSize = options.CaptureBufferBytes > 0 ? options.CaptureBufferBytes : DefaultBuffer,
            BlockTimeout = s_block,
        };
        FrameDevice? all = null;
        NetworkInterfaces? interfaces = null;
        PacketTrafficSource? source = null;
        try
        {
            interfaces = NetworkInterfaces.Open();
            all = isEachAlone ? null : OpenAll(deviceOptions);
            source = new PacketTrafficSource(all, deviceOptions, interfaces, options, networkNamespace);
            return source._devices.Count > 0
                ? source
                : throw source._lastRefusal ?? new LinkException(LinkFailure.NoSuchInterface, "open", options.Interface, 0, "no interface is up");
        }
        catch
        {
            if (source is not null)
            {
                source.Dispose();
            }
            else
            {
                all?.Dispose();
                interfaces?.Dispose();
            }

            throw;
        }
    }

    internal override void Drain(ITrafficSink sink)
    {
        // Of devices for one interface each, those that are gone make room at the next look.
        if (_devices.All(static one => one.Failure is not null) && (_devices.Count == 0 ? _lastRefusal : _devices[0].Failure) is { } failure)
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
        foreach (CapturingDevice one in _devices)
        {
            one.AwaitPass(3 * s_block, s_patience - _time.GetElapsedTime(started));
        }
    }

    internal override void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
    {
        long dropped = _droppedBefore;
        long malformed = _malformedBefore;
        foreach (CapturingDevice one in _devices)
        {
            try
            {
                FrameStatistics statistics = one.Device.Statistics;
                dropped += statistics.Dropped ?? 0;
                malformed += statistics.Malformed;
            }
            catch (LinkException refused) when (!_isEachAlone)
            {
                throw Refusal(refused);
            }
            catch (LinkException)
            {
                // It goes at the next look, and is counted then as one that told nothing.
            }
        }

        losses.Add(new TrafficLoss("packets that found the capture buffer full", dropped));
        losses.Add(new TrafficLoss("packets beyond the table of flows (counted, but of no flow)", _overflowed.Packets, _overflowed.Bytes));
        losses.Add(new TrafficLoss("packets whose headers make no sense", _counter.Malformed + malformed));
        if (_isEachAlone)
        {
            losses.Add(new TrafficLoss("interfaces that could not be opened", _refused.Count));
            losses.Add(new TrafficLoss("interfaces that went without telling what they had lost", _silent));
        }

        fillLevels.Add(new FillLevel("packet flows", _mostFlows, _counter.Capacity, 0));
        _mostFlows = 0;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (CapturingDevice one in _devices)
        {
            one.Dispose();
        }

        _devices.Clear();
        _interfaces.Dispose();
    }

    private static FrameDevice? OpenAll(FrameDeviceOptions options)
    {
        try
        {
            return FrameDevice.Open(FrameDevice.AnyInterface, options);
        }
        catch (LinkException refused) when (refused.Failure == LinkFailure.NotSupported)
        {
            return null; // each interface alone, then
        }
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
        IReadOnlyList<NetworkInterface> present = _interfaces.Collect().Interfaces;
        if (_isEachAlone)
        {
            Follow(present);
        }

        var view = new HostView(present, _only);
        _counter.Mtus = view.Mtus;
        return view;
    }

    // Lets go of what is gone, and opens what is new. An interface that is refused is tried again at each look.
    private void Follow(IReadOnlyList<NetworkInterface> present)
    {
        foreach (CapturingDevice gone in _devices.Where(static one => one.Failure is not null).ToList())
        {
            _lastRefusal = gone.Failure;
            _devices.Remove(gone);
            Keep(gone);
            gone.Dispose();
        }

        _refused.Clear();
        foreach (NetworkInterface one in present)
        {
            if (one.AdministrativeState != AdministrativeState.Up || (_only is not null && one.Name != _only) || _devices.Exists(open => open.Device.Name == one.Name))
            {
                continue;
            }

            try
            {
                Listen(FrameDevice.Open(one.Name, _deviceOptions));
            }
            catch (LinkException refused)
            {
                _lastRefusal = refused;
                _refused.Add(one.Name);
            }
        }
    }

    private void Listen(FrameDevice device)
    {
        var one = new CapturingDevice(device);
        _devices.Add(one);
        one.Start(_counter.Add, _time);
    }

    // What it lost stays in the sum.
    private void Keep(CapturingDevice gone)
    {
        try
        {
            FrameStatistics statistics = gone.Device.Statistics;
            _droppedBefore += statistics.Dropped ?? 0;
            _malformedBefore += statistics.Malformed;
        }
        catch (LinkException)
        {
            _silent++;
        }
    }
}
