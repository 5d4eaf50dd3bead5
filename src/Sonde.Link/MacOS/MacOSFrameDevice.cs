using System.Diagnostics;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Packets.Filters;

namespace Sonde.Link.MacOS;

/// <summary>Frames through a capture device of BPF: each read returns all that waits, parsed in place.</summary>
[SupportedOSPlatform("macos")]
internal sealed partial class MacOSFrameDevice : FrameDevice
{
    // A wait looks for itself this often: the kernel does not wake one when the interface goes (its read event asks for bytes only), and any request
    // of another thread, for statistics say, stops the clock of a block that is not full.
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromMilliseconds(100);

    private readonly BpfDevice _device;
    private readonly MacOSInterface _interface;
    private readonly MacOSFrameFilter? _filterHere;
    private readonly DeviceStop _stop = new();
    private readonly TimeSpan _spin;
    private readonly int _snapLength;
    private readonly bool _isExtended;
    private readonly bool _sortsDirectionsHere;
    private readonly PacketDirection _knownDirection;

    // Two, so that a wait may read while the frames of the last loop are still looked at.
    private BpfBuffer _current;
    private BpfBuffer _next;
    private bool _mayRead;
    private volatile bool _isWoken;

    private MacOSFrameDevice(string name, BpfSetup setup, FrameDeviceOptions options)
        : base(name)
    {
        _device = setup.Device;
        _interface = setup.Interface;
        _filterHere = setup.FiltersInKernel ? null : setup.Filter;
        _spin = options.Mode == FrameMode.Latency ? options.Spin : TimeSpan.Zero;
        _snapLength = options.SnapLength;
        _isExtended = setup.IsExtended;
        _sortsDirectionsHere = setup.SortsDirectionsHere;
        _knownDirection = setup.KnownDirection;
        _keepsSourceAddress = setup.KeepsSourceAddress;
        _current = new BpfBuffer(setup.BufferBytes);
        _next = new BpfBuffer(setup.BufferBytes);
        LinkType = setup.LinkType;
        StartCounters();
    }

    public override int InterfaceIndex => _interface.Index;

    public override string Backend =>
        _keepsSourceAddress || LinkType != LinkType.Ethernet ? MacOSFrameLadder.Backend : MacOSFrameLadder.Backend + " with the interface's source address";

    public override LinkType LinkType { get; }

    public override MacAddress HardwareAddress => _interface.HardwareAddress;

    public override int Mtu => _interface.Mtu;

    public override bool FiltersInKernel => _filterHere is null;

    /// <summary>Opens an interface.</summary>
    /// <exception cref="LinkException">The system refused.</exception>
    internal static MacOSFrameDevice Create(string name, FrameDeviceOptions options)
    {
        MacOSFrameOptions.Check(name, options);
        MacOSInterface link = MacOSInterface.Find(name)
            ?? throw new LinkException(LinkFailure.NoSuchInterface, "getifaddrs", name, 0, "there is no interface of that name");
        BpfDevice device = BpfSearch.Open(out BpfSearch outcome)
            ?? throw new LinkException(outcome.Failure, outcome.Operation, name, outcome.Error.Code, outcome.Reason);
        try
        {
            return new MacOSFrameDevice(name, BpfSetup.Run(device, link, name, options), options);
        }
        catch (NativeException refused)
        {
            device.Dispose();
            throw MacOSLinkErrors.Exception(refused.Operation, name, refused.Error, refused);
        }
        catch
        {
            device.Dispose(); // the exception passes through
            throw;
        }
    }

    private protected override FrameWait WaitCore(TimeSpan timeout, CancellationToken stopping)
    {
        FileDescriptor stop = StopFor(stopping);
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (TryFind(_current, out _, out _) || (TryFill(_next) && TryFind(_next, out _, out _)))
            {
                return FrameWait.Ready;
            }

            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            if (timeout >= TimeSpan.Zero && elapsed >= timeout)
            {
                return FrameWait.TimedOut;
            }

            if (elapsed < _spin)
            {
                if (_isWoken || stopping.IsCancellationRequested)
                {
                    return FrameWait.Stopped;
                }

                continue;
            }

            TimeSpan sleep = timeout >= TimeSpan.Zero && timeout - elapsed < s_longestSleep ? timeout - elapsed : s_longestSleep;
            if (Sleep(stop, sleep) == WaitResult.Stopped)
            {
                return FrameWait.Stopped;
            }
        }
    }

    private protected override void ReleaseCore()
    {
        if (!TryFind(_current, out _, out _) && !_next.IsEmpty)
        {
            (_current, _next) = (_next, _current);
        }

        _mayRead = _current.IsEmpty;
    }

    private protected override bool TryTakeCore(out Frame frame)
    {
        while (true)
        {
            if (TryFind(_current, out BpfRecord record, out int keep))
            {
                ReadOnlySpan<byte> bytes = _current.BytesOf(record)[..keep];
                _current.Take();
                frame = new Frame
                {
                    Data = bytes,
                    WireLength = record.WireLength,
                    TimestampNanoseconds = record.TimestampNanoseconds,
                    Clock = FrameClock.Kernel,
                    Direction = _isExtended ? record.Direction : _knownDirection,
                    InterfaceIndex = _interface.Index,
                    LinkType = LinkType,
                };
                _delivered++;
                _cut += frame.IsCut ? 1 : 0;
                return true;
            }

            // Once in a loop, and only before its first frame: a read takes the place of all that was handed out from this buffer.
            if (!_mayRead || !TryFill(_current))
            {
                frame = default;
                return false;
            }

            _mayRead = false;
        }
    }

    private protected override void WakeCore()
    {
        _isWoken = true;
        _stop.End();
    }

    private protected override void CloseCore()
    {
        lock (_counterLock)
        {
            TryReadCounters(out _); // the last look; refused, the one before it stays
            _device.Dispose();
        }

        _stop.Dispose();
    }

    // Reads all that waits, if nothing is left in the buffer.
    private bool TryFill(BpfBuffer buffer)
    {
        if (!buffer.IsEmpty)
        {
            return true;
        }

        if (!_device.TryRead(buffer.Room, out int count, out NativeError error))
        {
            return error.Code == Darwin.EAGAIN ? false : throw MacOSLinkErrors.Exception("read", Name, error);
        }

        LookAtCounters();
        buffer.Begin(count);
        return count > 0;
    }

    // Finds the next frame to hand out, past those that are not wanted, and how much of it is.
    private bool TryFind(BpfBuffer buffer, out BpfRecord record, out int keep)
    {
        while (true)
        {
            if (!buffer.TryFind(_isExtended, out record, out bool isTorn))
            {
                _malformed += isTorn ? 1 : 0;
                keep = 0;
                return false;
            }

            keep = Math.Min(record.Length, _snapLength);
            if (Passes(buffer, record, ref keep))
            {
                return true;
            }

            buffer.Take();
            _filteredHere++;
        }
    }

    private bool Passes(BpfBuffer buffer, in BpfRecord record, ref int keep)
    {
        if (_sortsDirectionsHere && record.Direction != PacketDirection.Outbound)
        {
            return false;
        }

        if (_filterHere is null)
        {
            return true;
        }

        bool isOutgoing = (_isExtended ? record.Direction : _knownDirection) == PacketDirection.Outbound;
        uint verdict = BpfProgram.Run(
            _filterHere.Program,
            buffer.BytesOf(record),
            record.WireLength,
            new PacketMetadata(isOutgoing, _interface.Index));
        keep = (int)Math.Min((uint)keep, verdict);
        return verdict != 0;
    }

    private FileDescriptor StopFor(CancellationToken stopping)
    {
        try
        {
            return ((UnixStopSignal)_stop.For(stopping)).Waitable;
        }
        catch (NativeException failed)
        {
            throw MacOSLinkErrors.Exception(failed.Operation, Name, failed.Error, failed);
        }
    }

    private WaitResult Sleep(FileDescriptor stop, TimeSpan time)
    {
        try
        {
            return Poller.Wait(_device.Descriptor, stop, time);
        }
        catch (NativeException failed)
        {
            throw MacOSLinkErrors.Exception(failed.Operation, Name, failed.Error, failed);
        }
    }
}
