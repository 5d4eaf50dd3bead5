using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Link;

namespace Sonde.Traffic.Capturing;

/// <summary>The frames that pass a filter in the kernel, of one interface or of all; of all by one device where the system can show them so, else by one each.</summary>
internal sealed class FilteredCapture : IDisposable
{
    // A block that is not full is handed over after this time, or once more of it.
    private static readonly TimeSpan s_block = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    // Of a super-packet; the shorter it is, the more blocks the buffer has.
    private const int LongestFrame = 65_600;

    private readonly List<CapturingDevice> _devices = [];

    private FilteredCapture()
    {
    }

    /// <summary>How frames come.</summary>
    internal string Way => _devices[0].Device.Backend;

    /// <summary>Interfaces that could not be opened, where others could.</summary>
    internal List<Gap> Gaps { get; } = [];

    /// <summary>Frames that were lost because the buffer was full.</summary>
    internal long Dropped { get; private set; }

    /// <summary>Why no frames come any more; null as long as one device lives.</summary>
    internal LinkException? Failure => _devices.TrueForAll(static one => one.Failure is not null) ? _devices[0].Failure : null;

    /// <summary>Opens the devices; frames come once <see cref="Start"/> was called.</summary>
    /// <param name="interfaceName">Of which interface; null for all.</param>
    /// <param name="filter">Which frames, in the language of pcap-filter(7).</param>
    /// <param name="bufferBytes">How large the buffer of each device is.</param>
    /// <exception cref="LinkException">The system lets us have no frames.</exception>
    internal static FilteredCapture Open(string? interfaceName, string filter, int bufferBytes)
    {
        var capture = new FilteredCapture();
        try
        {
            capture.OpenDevices(interfaceName, filter, bufferBytes);
            return capture;
        }
        catch
        {
            capture.Dispose();
            throw;
        }
    }

    /// <summary>Begins to hand over frames.</summary>
    internal void Start(FrameTaker take, TimeProvider time)
    {
        foreach (CapturingDevice device in _devices)
        {
            device.Start(HandOver, time);
        }

        bool HandOver(FrameDevice device)
        {
            foreach (Frame frame in device.Receive())
            {
                take(frame);
            }

            return true;
        }
    }

    /// <summary>Until when everything that has passed was handed over. The kernel hands a block over between one and two of its times after its first packet.</summary>
    internal DateTimeOffset CompleteUntil
    {
        get
        {
            DateTimeOffset earliest = DateTimeOffset.MaxValue;
            foreach (CapturingDevice device in _devices)
            {
                earliest = device.Failure is null && device.EmptyAt < earliest ? device.EmptyAt : earliest;
            }

            return earliest > DateTimeOffset.UnixEpoch + (3 * s_block) && earliest < DateTimeOffset.MaxValue ? earliest - (3 * s_block) : DateTimeOffset.UnixEpoch;
        }
    }

    /// <summary>Waits until everything that has passed by now was handed over.</summary>
    internal void Hurry()
    {
        foreach (CapturingDevice device in _devices)
        {
            // The kernel hands a block over between one and two of its times after its first packet.
            device.AwaitPass(3 * s_block, s_patience);
        }
    }

    /// <summary>Adds up what the devices lost.</summary>
    /// <exception cref="LinkException">The system does not tell.</exception>
    internal void CountLosses()
    {
        long dropped = 0;
        foreach (CapturingDevice device in _devices)
        {
            dropped += device.Device.Statistics.Dropped ?? 0;
        }

        Dropped = dropped;
    }

    public void Dispose() => _devices.ForEach(static device => device.Dispose());

    private void OpenDevices(string? interfaceName, string filter, int bufferBytes)
    {
        var options = new FrameDeviceOptions { Mode = FrameMode.Capture, Filter = filter, SnapLength = LongestFrame, BufferSize = bufferBytes, BlockTimeout = s_block };
        if (interfaceName is not null)
        {
            _devices.Add(new CapturingDevice(FrameDevice.Open(interfaceName, options)));
            return;
        }

        try
        {
            _devices.Add(new CapturingDevice(FrameDevice.Open(FrameDevice.AnyInterface, options)));
        }
        catch (LinkException one) when (one.Failure is LinkFailure.NotSupported or LinkFailure.NoSuchInterface)
        {
            OpenEach(options, one);
        }
    }

    private void OpenEach(FrameDeviceOptions options, LinkException whyNotAll)
    {
        LinkException first = whyNotAll;
        using NetworkInterfaces interfaces = NetworkInterfaces.Open();
        foreach (NetworkInterface one in interfaces.Collect().Interfaces.Where(static one => one.AdministrativeState == AdministrativeState.Up))
        {
            try
            {
                _devices.Add(new CapturingDevice(FrameDevice.Open(one.Name, options)));
            }
            catch (LinkException refused)
            {
                first = first == whyNotAll ? refused : first;
                Gaps.Add(new Gap($"packets on {one.Name}", refused.Failure == LinkFailure.AccessDenied ? ReadingStatus.Denied : ReadingStatus.Failed, refused.Reason, 1));
            }
        }

        if (_devices.Count == 0)
        {
            throw first;
        }
    }
}
