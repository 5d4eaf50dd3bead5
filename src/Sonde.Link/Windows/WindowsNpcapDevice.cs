using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Windows;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Filters;

namespace Sonde.Link.Windows;

/// <summary>An adapter opened through Npcap.</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsNpcapDevice : FrameDevice
{
    // An event that the driver set in the moment in which it was being reset is lost: a wait looks again after this long.
    private static readonly TimeSpan s_latencySlice = TimeSpan.FromMilliseconds(10);

    private readonly PcapDevice _device;
    private readonly WindowsAdapter _adapter;
    private readonly FrameDeviceOptions _options;
    private readonly BpfInstruction[] _filterHere;
    private readonly NpcapCounts _counts;
    private readonly DeviceStop _stop = new();
    private readonly Lock _closing = new();
    private readonly TimeSpan _slice;
    private readonly TimeSpan _spin;
    private bool _closed;
    private int _next;
    private bool _mayFill;

    private WindowsNpcapDevice(PcapDevice device, LinkType linkType, string name, WindowsAdapter adapter, FrameDeviceOptions options, BpfInstruction[] filterHere)
        : base(name)
    {
        _device = device;
        LinkType = linkType;
        _adapter = adapter;
        _options = options;
        _filterHere = filterHere;
        _hasQueue = device.HasSendQueue;
        _counts = new NpcapCounts(device, adapter, name);
        _slice = SliceOf(options);
        _spin = options.Mode == FrameMode.Latency ? options.Spin : TimeSpan.Zero;
    }

    public override int InterfaceIndex => _adapter.Index;

    public override string Backend => NpcapInstallation.Backend;

    public override LinkType LinkType { get; }

    public override MacAddress HardwareAddress => _adapter.HardwareAddress;

    public override int Mtu => _adapter.Mtu;

    public override bool FiltersInKernel => _filterHere.Length == 0;

    public override FrameStatistics Statistics => _counts.Read();

    private bool KnowsDirection => KnowsDirectionOf(LinkType, _adapter);

    /// <summary>Opens an adapter.</summary>
    /// <exception cref="LinkException">Npcap refused, or the options ask for what it does not offer.</exception>
    internal static WindowsNpcapDevice Open(Wpcap library, string deviceName, string name, WindowsAdapter adapter, FrameDeviceOptions options)
    {
        if (options.Mode == FrameMode.Latency && !library.HasImmediateMode)
        {
            throw new LinkException(LinkFailure.NotSupported, "pcap_set_immediate_mode", name, 0, $"{library.Path} is too old to hand over each frame at once");
        }

        PcapDevice? device = null;
        try
        {
            device = PcapDevice.Open(library, deviceName, new PcapSettings
            {
                SnapLength = options.SnapLength,
                Promiscuous = options.Promiscuous,
                Immediate = options.Mode == FrameMode.Latency,
                BufferSize = options.BufferSize,
                TimeoutMilliseconds = (int)SliceOf(options).TotalMilliseconds,
            });
            LinkType linkType = NpcapLinkType.Of(device.LinkType);
            BpfInstruction[] filterHere = SetFilter(device, linkType, name, adapter, options);
            var opened = new WindowsNpcapDevice(device, linkType, name, adapter, options, filterHere);
            device = null;
            return opened;
        }
        catch (PcapException refused)
        {
            throw WindowsLinkErrors.From(refused, name, opened: false);
        }
        finally
        {
            device?.Dispose();
        }
    }

    private protected override FrameWait WaitCore(TimeSpan timeout, CancellationToken stopping)
    {
        if (_next < _device.Count)
        {
            return FrameWait.Ready; // left over by a loop that ended early
        }

        var stop = (WindowsStopSignal)_stop.For(stopping);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (Fill() > 0)
            {
                return FrameWait.Ready;
            }

            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            bool endless = timeout == Timeout.InfiniteTimeSpan;
            if (!endless && elapsed >= timeout)
            {
                return FrameWait.TimedOut;
            }

            TimeSpan sleep = elapsed < _spin ? TimeSpan.Zero : endless || timeout - elapsed > _slice ? _slice : timeout - elapsed;
            if (_device.WaitForStop(stop, (int)Math.Ceiling(sleep.TotalMilliseconds)))
            {
                return FrameWait.Stopped;
            }
        }
    }

    private protected override void ReleaseCore() => _mayFill = true;

    private protected override bool TryTakeCore(out Frame frame)
    {
        while (true)
        {
            if (_next >= _device.Count && (!_mayFill || Fill() == 0))
            {
                frame = default;
                return false;
            }

            // From now on frames of this buffer are being looked at: the next buffer would overwrite them.
            _mayFill = false;
            if (TryRead(_device[_next++], out frame))
            {
                return true;
            }
        }
    }

    // Waking and closing do not meet: who comes second finds the other done.
    private protected override void WakeCore()
    {
        lock (_closing)
        {
            if (!_closed)
            {
                _stop.End();
                _device.Break();
            }
        }
    }

    private protected override void CloseCore()
    {
        lock (_closing)
        {
            _closed = true;
            _counts.Close();
            _queue?.Dispose();
            _device.Dispose();
            _stop.Dispose();
        }
    }

    private static TimeSpan SliceOf(FrameDeviceOptions options) =>
        options.Mode == FrameMode.Latency ? s_latencySlice
        : TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(options.BlockTimeout.TotalMilliseconds), 1, 1000));

    private static bool KnowsDirectionOf(LinkType linkType, WindowsAdapter adapter) => linkType == LinkType.Ethernet && adapter.HardwareAddress != default;

    // Gives the driver its program; what it cannot run is given back.
    private static BpfInstruction[] SetFilter(PcapDevice device, LinkType linkType, string name, WindowsAdapter adapter, FrameDeviceOptions options)
    {
        if (options.EtherType != 0 && linkType != LinkType.Ethernet)
        {
            throw new LinkException(LinkFailure.NotSupported, "pcap_setfilter", name, 0, "frames of this interface have no EtherType");
        }

        // As on Linux: who asks for one EtherType is shown what arrives, and not what he sends himself.
        FrameDirections directions = options.EtherType == 0 ? options.Directions : options.Directions & FrameDirections.Inbound;
        if (directions is FrameDirections.Inbound or FrameDirections.Outbound && !KnowsDirectionOf(linkType, adapter))
        {
            const string Reason = "Npcap does not tell which way a frame goes; the sender's hardware address does, and frames of this interface have none";
            throw new LinkException(LinkFailure.NotSupported, "pcap_setdirection", name, 0, Reason);
        }

        BpfInstruction[] filter = FrameFilter.Of(options, linkType, adapter.IPv4Mask);
        bool here = NpcapProgram.AsksForMetadata(filter);
        BpfInstruction[] program = NpcapProgram.Build(here ? [] : filter, directions, adapter.HardwareAddress, options.EtherType, options.SnapLength);
        if (program.Length > BpfProgram.MaximumLength)
        {
            throw new LinkException(LinkFailure.NotSupported, "pcap_setfilter", name, 0, $"the program has {program.Length} instructions, more than {BpfProgram.MaximumLength}");
        }

        device.SetFilter(MemoryMarshal.AsBytes(program.AsSpan()));
        return here ? filter : [];
    }

    private int Fill()
    {
        _next = 0;
        try
        {
            return _device.Fill();
        }
        catch (PcapException failed)
        {
            throw WindowsLinkErrors.From(failed, Name, opened: true);
        }
    }

    private bool TryRead(PcapFrame raw, out Frame frame)
    {
        frame = default;
        if (!raw.IsPlausible)
        {
            _counts.Malformed++;
            return false;
        }

        ReadOnlySpan<byte> data = raw.Data[..Math.Min(raw.Data.Length, _options.SnapLength)];
        (PacketDirection direction, FrameAudience audience) = KnowsDirection ? FrameEnds.Of(data, _adapter.HardwareAddress) : default;
        if (_filterHere.Length > 0)
        {
            var metadata = new PacketMetadata(direction == PacketDirection.Outbound, _adapter.Index);
            uint keep = BpfProgram.Run(_filterHere, data, (int)raw.WireLength, metadata);
            if (keep == 0)
            {
                _counts.FilteredHere++;
                return false;
            }

            data = data[..(int)Math.Min(keep, (uint)data.Length)];
        }

        frame = new Frame
        {
            Data = data,
            WireLength = (int)raw.WireLength,
            TimestampNanoseconds = (raw.Seconds * 1_000_000_000L) + (raw.Fraction * (_device.HasNanoseconds ? 1L : 1000L)),
            Clock = FrameClock.Kernel,
            Direction = direction,
            Audience = audience,
            InterfaceIndex = _adapter.Index,
            LinkType = LinkType,
        };
        _counts.Delivered++;
        _counts.Cut += frame.IsCut ? 1 : 0;
        return true;
    }
}
