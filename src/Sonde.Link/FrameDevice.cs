using Sonde.Packets;

namespace Sonde.Link;

/// <summary>A network interface opened for raw frames: every frame that passes, and frames of one's own.</summary>
/// <remarks>
/// One thread receives and one thread sends, at the same time if they like. <see cref="Dispose()"/> may be called from any thread, at any time, and
/// more than once: it ends a wait, and a loop over frames ends before its next frame. Needs rights everywhere; <see cref="CheckAccess"/> says which.
/// </remarks>
public abstract partial class FrameDevice : IDisposable
{
    /// <summary>The name that stands for all interfaces of the host, where the system can show them through one device (Linux).</summary>
    public const string AnyInterface = "any";

    private const int Idle = 0;
    private const int Receiving = 1;
    private const int Closing = 2; // the receiver is in a loop or a wait, and has yet to leave it
    private const int Closed = 3;

    private int _state;
    private int _leaving = 2; // who must have left before a device that was disposed in use is closed: its receiver, and whoever wakes that

    private protected FrameDevice(string name)
    {
        Name = name;
    }

    /// <summary>The interface's name, as it was opened.</summary>
    public string Name { get; }

    /// <summary>The interface's index; 0 for all interfaces.</summary>
    public abstract int InterfaceIndex { get; }

    /// <summary>The way frames come: "af_packet ring", "af_packet slots", "af_packet socket", "af_xdp copy", "af_xdp zero-copy", "bpf", "npcap", "rawsocket".</summary>
    public abstract string Backend { get; }

    /// <summary>What frames begin with.</summary>
    public abstract LinkType LinkType { get; }

    /// <summary>The interface's hardware address; the default when it has none.</summary>
    public abstract MacAddress HardwareAddress { get; }

    /// <summary>The longest payload of a frame that the interface takes, in bytes.</summary>
    public abstract int Mtu { get; }

    /// <summary>Whether the kernel runs the filter; otherwise this process does, and <see cref="FrameStatistics.FilteredHere"/> counts.</summary>
    public abstract bool FiltersInKernel { get; }

    /// <summary>What became of the frames since the device was opened.</summary>
    /// <exception cref="LinkException">The system does not tell.</exception>
    public abstract FrameStatistics Statistics { get; }

    /// <summary>Opens an interface.</summary>
    /// <param name="interfaceName">Its name ("eth0", "en0", on Windows also "Ethernet 2"), or <see cref="AnyInterface"/>.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="LinkException">The system refused; <see cref="LinkException.Failure"/> says why.</exception>
    /// <exception cref="Packets.Filters.PacketFilterException">The filter has no meaning for this interface.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static FrameDevice Open(string interfaceName, FrameDeviceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(interfaceName);
        options ??= new FrameDeviceOptions();
        if (options.SnapLength is < 1 or > 262_144)
        {
            throw new ArgumentException($"The snap length is 1 to 262,144 bytes, not {options.SnapLength}.", nameof(options));
        }

        return FrameLadder.Create().Open(interfaceName, options);
    }

    /// <summary>Whether frames can be had here, by the best way that works, or why not and what would help. Has no side effect.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static FrameAccess CheckAccess()
    {
        IReadOnlyList<FrameAccess> ways = CheckBackends();
        return ways.FirstOrDefault(static way => way.IsAvailable) ?? ways[0];
    }

    /// <summary>Tries every way to frames that this system has, best first.</summary>
    /// <exception cref="PlatformNotSupportedException">This is not Linux, macOS or Windows.</exception>
    public static IReadOnlyList<FrameAccess> CheckBackends() => FrameLadder.Create().Check();

    /// <summary>Blocks until there are frames.</summary>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns><see langword="false"/> once stopped or disposed.</returns>
    /// <exception cref="LinkException">The interface is gone, or the system failed.</exception>
    public bool Wait(CancellationToken stopping = default) => Wait(Timeout.InfiniteTimeSpan, stopping) == FrameWait.Ready;

    /// <summary>Blocks until there are frames or the time is over.</summary>
    /// <param name="timeout">How long at most; zero only looks, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="stopping">Ends the wait. Waits with the same token again and again cost nothing more.</param>
    /// <exception cref="LinkException">The interface is gone, or the system failed.</exception>
    public FrameWait Wait(TimeSpan timeout, CancellationToken stopping = default)
    {
        if (stopping.IsCancellationRequested || !TryBeginReceive())
        {
            return FrameWait.Stopped;
        }

        try
        {
            return WaitCore(timeout, stopping);
        }
        finally
        {
            EndReceive();
        }
    }

    /// <summary>The frames that are ready now, on loan until the next call or wait; none when there are none. Does not block.</summary>
    /// <remarks>Also none once the device is disposed.</remarks>
    /// <exception cref="InvalidOperationException">Another loop over frames of this device has not ended.</exception>
    public FrameBatch Receive() => new(this);

    /// <summary>Sends one frame.</summary>
    /// <param name="frame">The frame from its link header on, without frame check sequence.</param>
    /// <returns><see langword="false"/> when a queue is full for now.</returns>
    /// <exception cref="LinkException">The system will not send it: too long, interface down or gone.</exception>
    /// <exception cref="ObjectDisposedException">The device is disposed.</exception>
    public abstract bool TrySend(ReadOnlySpan<byte> frame);

    /// <summary>Sends the frames of a batch in their order.</summary>
    /// <param name="batch">The frames; it stays as it is.</param>
    /// <param name="start">The first frame to send: what was accepted before is not sent again.</param>
    /// <returns>How many were accepted, counted from <paramref name="start"/>; fewer than there are when a queue is full for now.</returns>
    /// <exception cref="LinkException">The system will not send the frame at <paramref name="start"/>: too long, interface down or gone.</exception>
    /// <exception cref="ObjectDisposedException">The device is disposed.</exception>
    public abstract int Send(FrameSendBatch batch, int start = 0);

    /// <summary>Closes the device.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        while (true)
        {
            switch (Interlocked.CompareExchange(ref _state, Closed, Idle))
            {
                case Idle:
                    CloseCore();
                    return;

                // A thread stands in a wait or in a loop, with spans into memory that closing would take away: the last to leave closes.
                case Receiving when Interlocked.CompareExchange(ref _state, Closing, Receiving) == Receiving:
                    WakeCore();
                    LeaveClosing();
                    return;

                case Receiving:
                    break; // it left in this moment

                default:
                    return;
            }
        }
    }
}
