using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Tun.MacOS;

/// <summary>A utun interface: one socket of the kernel's control for its packets, and ioctl and the routing socket for the rest.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSTunDevice : TunDevice
{
    private readonly MacOSTunConfiguration _configuration;
    private readonly MacOSTunQueue[] _queues;
    private readonly List<string> _notes = [];

    private MacOSTunDevice(string name, MacOSTunConfiguration configuration, UtunSocket socket, TunOptions options)
    {
        Name = name;
        _configuration = configuration;
        _queues = [new MacOSTunQueue(this, socket, options, configuration.ReadState().Mtu)];
        CountQueues(_queues.Length);
    }

    public override string Name { get; }

    public override int Index => _configuration.Index;

    public override string Backend => "utun";

    public override TunOffload Offload => TunOffload.None;

    public override TunOffloadFeatures OffloadFeatures => TunOffloadFeatures.None;

    public override IReadOnlyList<string> Notes => _notes;

    public override IReadOnlyList<TunQueue> Queues => _queues;

    internal static MacOSTunDevice Create(TunOptions options)
    {
        if (!MacOSTunName.TryGetUnit(options.Name, out uint unit))
        {
            throw new TunException(TunFailure.Invalid, "connect(utun_control)", options.Name, 0, "macOS names these interfaces itself: utun and a number");
        }

        UtunSocket? socket = null;
        try
        {
            socket = UtunSocket.Open(out uint control);
            socket.Connect(control, unit);
            return Finish(socket, options);
        }
        catch (Exception failure)
        {
            socket?.Dispose();
            if (failure is NativeException refused)
            {
                throw Explain(refused, options.Name);
            }

            throw;
        }
    }

    internal static MacOSTunDevice Take(SafeHandle handle, TunOptions options)
    {
        UtunSocket? socket = null;
        try
        {
            socket = UtunSocket.Adopt(handle);
            return Finish(socket, options);
        }
        catch (Exception failure)
        {
            socket?.Dispose();
            handle.Dispose();
            if (failure is NativeException refused)
            {
                throw Explain(refused, null);
            }

            throw;
        }
    }

    /// <summary>What a refusal of the control means: its errors say less than they could.</summary>
    internal static TunException Explain(NativeException refused, string? name)
    {
        (TunFailure failure, string? why) = (refused.Operation, refused.Error.Code) switch
        {
            ("ioctl(CTLIOCGINFO)", Darwin.ENOENT) => (TunFailure.Unavailable, "this kernel has no utun control"),
            ("connect(utun_control)", Darwin.EBUSY) =>
                (TunFailure.Busy, "the interface exists, and ends with the process that made it; macOS lets nobody else attach"),
            ("getsockopt(UTUN_OPT_IFNAME)", Darwin.ENOTSOCK or Darwin.ENOPROTOOPT or Darwin.EINVAL) =>
                (TunFailure.Invalid, "the descriptor is no socket of a utun interface"),
            _ => (TunException.Classify(refused.Error), (string?)null),
        };
        return new TunException(failure, refused.Operation, name, refused.Error.Code, why ?? refused.Error.ToString(), refused);
    }

    public override TunWatch Watch() => new MacOSTunWatch(Name);

    /// <summary>Whether the interface is up now; allocates nothing.</summary>
    internal bool AskIsUp() => _configuration.IsUp();

    private protected override TunState ReadStateCore() => _configuration.ReadState();

    private protected override void SetMtuCore(int mtu)
    {
        _configuration.SetMtu(mtu);
        _queues[0].SetMtu(mtu);
    }

    private protected override void SetUpCore(bool isUp)
    {
        _configuration.SetUp(isUp);
        _queues[0].SetUp(isUp);
    }

    private protected override bool AddAddressCore(TunAddress address) => _configuration.AddAddress(address);

    private protected override void RemoveAddressCore(TunAddress address) => _configuration.RemoveAddress(address);

    private protected override bool AddRouteCore(TunRoute route) => _configuration.AddRoute(route);

    private protected override void RemoveRouteCore(TunRoute route) => _configuration.RemoveRoute(route);

    private protected override void SetDnsCore(TunDns? dns, bool hasDefaultRoute)
    {
        if (dns is not null)
        {
            throw new TunException(
                TunFailure.Unavailable, "name servers", Name, 0, "macOS keeps name servers in its configuration daemon, which this library does not write to");
        }
    }

    private protected override void CloseCore() => _configuration.Dispose();

    private static MacOSTunDevice Finish(UtunSocket socket, TunOptions options)
    {
        string name = socket.ReadName();
        MacOSTunConfiguration configuration = MacOSTunConfiguration.Open(name);
        try
        {
            List<string> notes = Tune(socket, options);
            var device = new MacOSTunDevice(name, configuration, socket, options);
            device._notes.AddRange(notes);
            return device;
        }
        catch
        {
            configuration.Dispose();
            throw;
        }
    }

    // What is nice to have: the device works without.
    private static List<string> Tune(UtunSocket socket, TunOptions options)
    {
        var notes = new List<string>();
        if (!socket.TrySetPendingPackets(options.MacOS.PendingPackets, out NativeError error))
        {
            notes.Add($"setsockopt(UTUN_OPT_MAX_PENDING_PACKETS): {error}; the kernel pauses the interface after each packet");
        }

        if (!socket.TrySetReceiveBuffer(options.MacOS.ReceiveBufferSize, out error))
        {
            notes.Add($"setsockopt(SO_RCVBUF): {error}; the buffer is smaller than asked for");
        }

        if (options.QueueCount > 1)
        {
            notes.Add("utun has one queue, where more were asked for");
        }

        if (options.Offload != TunOffload.None)
        {
            notes.Add("utun has no super-packets, where they were asked for");
        }

        return notes;
    }
}
