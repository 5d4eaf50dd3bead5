using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Tun.Linux;

/// <summary>A TUN device of Linux: one descriptor for each queue, and rtnetlink for the rest.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxTunDevice : TunDevice
{
    private readonly LinuxTunConfiguration _configuration;
    private readonly List<string> _notes = [];
    private readonly LinuxTunQueue[] _queues;
    private readonly TunFile _first;
    private int _index;

    private LinuxTunDevice(string name, LinuxTunConfiguration configuration, TunFile[] files, TunOffload offload, TunOffloadFeatures features, TunOptions options)
    {
        Name = name;
        Offload = offload;
        OffloadFeatures = features;
        _configuration = configuration;
        _first = files[0];
        _queues = new LinuxTunQueue[files.Length];
        for (int i = 0; i < files.Length; i++)
        {
            _queues[i] = new LinuxTunQueue(this, i, files[i], options);
        }

        CountQueues(files.Length);
    }

    public override string Name { get; }

    public override int Index => _index;

    public override string Backend => TunFile.Path;

    public override TunOffload Offload { get; }

    public override TunOffloadFeatures OffloadFeatures { get; }

    public override IReadOnlyList<string> Notes => _notes;

    public override IReadOnlyList<TunQueue> Queues => _queues;

    internal static LinuxTunDevice Create(TunOptions options)
    {
        string name = options.Name ?? "tun%d";
        if (LinuxTunName.WhyNot(name) is { } why)
        {
            throw new TunException(TunFailure.Invalid, "ioctl(TUNSETIFF)", name, 0, why);
        }

        var files = new List<TunFile>(options.QueueCount);
        LinuxTunConfiguration configuration = LinuxTunConfiguration.Open();
        LinuxTunDevice? device = null;
        try
        {
            LinuxTunLink? before = LinuxTunName.IsPattern(name) ? null : configuration.FindLink(name);
            ushort flags = ChooseFlags(name, options, before);
            string actual = name;
            for (int i = 0; i < options.QueueCount; i++)
            {
                var file = TunFile.Open();
                files.Add(file);
                file.Attach(actual, i == 0 && options.MustBeNew ? (ushort)(flags | LibC.IFF_TUN_EXCL) : flags);
                actual = file.ReadInterface(out ushort granted);
                Verify(actual, flags, granted);
            }

            (TunOffload offload, TunOffloadFeatures features, string? note) = Negotiate(files[0], options);
            device = new LinuxTunDevice(actual, configuration, [.. files], offload, features, options);
            device.Finish(options, note, isNew: before is null);
            return device;
        }
        catch (Exception failure)
        {
            device?.Dispose();
            files.ForEach(static file => file.Dispose());
            configuration.Dispose();
            if (failure is NativeException refused)
            {
                throw Explain(refused, name);
            }

            throw;
        }
    }

    internal static LinuxTunDevice Take(SafeHandle handle, TunOptions options)
    {
        TunFile file;
        try
        {
            file = TunFile.Adopt(handle);
        }
        catch (NativeException refused)
        {
            handle.Dispose();
            throw Explain(refused, null);
        }

        LinuxTunConfiguration? configuration = null;
        LinuxTunDevice? device = null;
        try
        {
            string name = file.ReadInterface(out ushort flags);
            if ((flags & LibC.IFF_TUN) == 0 || (flags & LibC.IFF_NO_PI) == 0)
            {
                throw new TunException(
                    TunFailure.Invalid, "ioctl(TUNGETIFF)", name, 0, "the descriptor is of a TAP device, or was opened without IFF_NO_PI; its packets have another form");
            }

            // The form of the packets is the opener's choice; ours is only whether super-packets are split.
            bool hasHeader = (flags & LibC.IFF_VNET_HDR) != 0;
            TunOptions fitting = options with { Offload = !hasHeader ? TunOffload.None : options.Offload == TunOffload.None ? TunOffload.Segmented : options.Offload };
            (TunOffload offload, TunOffloadFeatures features, string? note) = Negotiate(file, fitting);
            configuration = LinuxTunConfiguration.Open();
            device = new LinuxTunDevice(name, configuration, [file], offload, features, options);
            device.Finish(options, note, isNew: false);
            return device;
        }
        catch (Exception failure)
        {
            device?.Dispose();
            file.Dispose();
            configuration?.Dispose();
            if (failure is NativeException refused)
            {
                throw Explain(refused, null);
            }

            throw;
        }
    }

    /// <summary>What a refusal of /dev/net/tun means: its errors say less than they could.</summary>
    internal static TunException Explain(NativeException refused, string? name)
    {
        TunFailure failure = refused.Error.Code switch
        {
            // No node, no driver behind it, or a container that may not open it.
            Interop.Unix.LibC.ENOENT or Netlink.ENODEV or Netlink.ENXIO when refused.Operation.StartsWith("open", StringComparison.Ordinal) => TunFailure.Unavailable,
            Netlink.ENOTTY => TunFailure.Invalid,
            _ => TunException.Classify(refused.Error),
        };
        return new TunException(failure, refused.Operation, name, refused.Error.Code, refused.Error.ToString(), refused);
    }

    public override TunWatch Watch() => new LinuxTunWatch(Index, Name);

    private protected override TunState ReadStateCore()
    {
        LinuxTunLink link = _configuration.FindLink(Index, Name)
            ?? throw new TunException(TunFailure.Gone, "netlink(RTM_GETLINK)", Name, 0, "the device was deleted, or is in another network namespace");
        return new TunState(link.IsUp, link.Mtu, _configuration.ListAddresses(Index, Name));
    }

    private protected override void SetMtuCore(int mtu) => _configuration.SetMtu(Index, Name, mtu);

    private protected override void SetUpCore(bool isUp) => _configuration.SetUp(Index, Name, isUp);

    private protected override bool AddAddressCore(TunAddress address) => _configuration.AddAddress(Index, Name, address);

    private protected override void WaitForAddressesCore(IEnumerable<TunAddress> addresses) => _configuration.WaitForAddresses(Name, addresses);

    private protected override void RemoveAddressCore(TunAddress address) => _configuration.RemoveAddress(Index, Name, address);

    private protected override bool AddRouteCore(TunRoute route) => _configuration.AddRoute(Index, Name, route);

    private protected override void RemoveRouteCore(TunRoute route) => _configuration.RemoveRoute(Index, Name, route);

    private protected override void SetDnsCore(TunDns? dns)
    {
        if (dns is not null)
        {
            throw new TunException(TunFailure.Unavailable, "name servers", Name, 0, "the Linux kernel has no call for name servers");
        }
    }

    private protected override void CompleteOpen(TunOptions options)
    {
        try
        {
            if (options.Linux.OwnerId is { } owner)
            {
                _first.SetOwner(owner);
            }

            if (options.Linux.GroupId is { } group)
            {
                _first.SetGroup(group);
            }

            if (options.Linux.IsPersistent)
            {
                _first.SetPersist(true);
            }
        }
        catch (NativeException refused)
        {
            throw Explain(refused, Name);
        }
    }

    private protected override void CloseCore() => _configuration.Dispose();

    private static ushort ChooseFlags(string name, TunOptions options, LinuxTunLink? before)
    {
        ushort flags = LibC.IFF_TUN | LibC.IFF_NO_PI;
        if (options.QueueCount > 1)
        {
            flags |= LibC.IFF_MULTI_QUEUE;
        }

        if (options.Offload != TunOffload.None)
        {
            flags |= LibC.IFF_VNET_HDR;
        }

        if (before is null)
        {
            return flags;
        }

        if (!before.IsTun)
        {
            throw new TunException(TunFailure.AlreadyExists, "netlink(RTM_GETLINK)", name, 0, "an interface of that name exists and is no TUN device");
        }

        if (options.MustBeNew)
        {
            throw new TunException(TunFailure.AlreadyExists, "netlink(RTM_GETLINK)", name, 0, "a TUN device of that name exists");
        }

        if (before.QueueCount is { } held)
        {
            // Attaching rewrites the framing of the whole device, also under those who hold its other queues.
            bool wantsHeader = (flags & LibC.IFF_VNET_HDR) != 0;
            if (held > 0 && before.HasVirtioHeader is { } hasHeader && hasHeader != wantsHeader)
            {
                throw new TunException(
                    TunFailure.Busy, "netlink(RTM_GETLINK)", name, 0, $"its other queues are held {(hasHeader ? "with" : "without")} super-packets, and this one must be too");
            }

            flags |= LibC.IFF_MULTI_QUEUE;
        }

        return flags;
    }

    private static void Verify(string name, ushort wanted, ushort granted)
    {
        const ushort Compared = LibC.IFF_TUN | LibC.IFF_NO_PI | LibC.IFF_VNET_HDR | LibC.IFF_MULTI_QUEUE;
        if ((wanted & Compared) != (granted & Compared))
        {
            throw new TunException(
                TunFailure.Busy, "ioctl(TUNGETIFF)", name, 0, $"the device has the flags 0x{granted & Compared:X4} where 0x{wanted & Compared:X4} were asked for");
        }
    }

    // The kernel refuses a whole set for one bit that it does not know, so sets are tried from the largest down.
    private static (TunOffload Offload, TunOffloadFeatures Features, string? Note) Negotiate(TunFile file, TunOptions options)
    {
        if (options.Offload == TunOffload.None)
        {
            // An earlier holder may have left a persistent device with offloads, which without a header would be wrong checksums.
            file.TrySetOffload(0, out _);
            return (TunOffload.None, TunOffloadFeatures.None, null);
        }

        if (file.ReadHeaderSize() != VirtioHeader.Size)
        {
            file.SetHeaderSize(VirtioHeader.Size);
        }

        LinuxTunQuirks quirks = LinuxTunQuirks.OfThisKernel();
        TunOffloadFeatures avoided = quirks.Avoided | options.Linux.AvoidedOffloads;
        const TunOffloadFeatures Tcp = TunOffloadFeatures.Checksum | TunOffloadFeatures.TcpIPv4 | TunOffloadFeatures.TcpIPv6;
        ReadOnlySpan<TunOffloadFeatures> sets = [Tcp | TunOffloadFeatures.TcpEcn | TunOffloadFeatures.Udp, Tcp | TunOffloadFeatures.Udp, Tcp | TunOffloadFeatures.TcpEcn, Tcp, TunOffloadFeatures.Checksum];
        foreach (TunOffloadFeatures set in sets)
        {
            TunOffloadFeatures wanted = set & ~avoided;
            if (wanted != TunOffloadFeatures.None && file.TrySetOffload(ToBits(wanted), out _))
            {
                string? lacking = (sets[0] & ~avoided & ~wanted) == TunOffloadFeatures.None ? null : $"this kernel does not offload {sets[0] & ~avoided & ~wanted}";
                return (options.Offload, wanted, quirks.Note ?? lacking);
            }
        }

        // Nothing granted: packets still have their header, and each is plain and complete.
        file.TrySetOffload(0, out _);
        return (options.Offload, TunOffloadFeatures.None, quirks.Note ?? "this kernel grants no offload");
    }

    private static uint ToBits(TunOffloadFeatures features)
    {
        uint bits = features.HasFlag(TunOffloadFeatures.Checksum) ? LibC.TUN_F_CSUM : 0;
        bits |= features.HasFlag(TunOffloadFeatures.TcpIPv4) ? LibC.TUN_F_TSO4 : 0;
        bits |= features.HasFlag(TunOffloadFeatures.TcpIPv6) ? LibC.TUN_F_TSO6 : 0;
        bits |= features.HasFlag(TunOffloadFeatures.TcpEcn) ? LibC.TUN_F_TSO_ECN : 0;

        // One without the other is refused.
        bits |= features.HasFlag(TunOffloadFeatures.Udp) ? LibC.TUN_F_USO4 | LibC.TUN_F_USO6 : 0;
        return bits;
    }

    // What is nice to have: a user who only owns the device may lack the right, and learns of it by a note.
    private void Finish(TunOptions options, string? note, bool isNew)
    {
        if (note is not null)
        {
            _notes.Add(note);
        }

        _index = _configuration.FindLink(Name)?.Index ?? 0;
        if (_index == 0)
        {
            _notes.Add("the device is in another network namespace: it carries packets and cannot be configured from here");
        }
        else if (isNew)
        {
            Try(() => _configuration.SetTransmitQueueLength(Index, Name, options.Linux.TransmitQueueLength));
            if (!options.Linux.AllowsIPv6Chatter)
            {
                Try(() => _configuration.SilenceIPv6(Index, Name));
            }
        }
    }

    private void Try(Action refinement)
    {
        try
        {
            refinement();
        }
        catch (TunException refused)
        {
            _notes.Add(refused.Message);
        }
    }
}
