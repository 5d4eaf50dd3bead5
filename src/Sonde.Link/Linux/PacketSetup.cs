using System.Numerics;
using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.Link.Linux;

/// <summary>Opens a packet socket step by step: it is bound, and so begins to see frames, only when ring and filter are in place.</summary>
[SupportedOSPlatform("linux")]
internal sealed class PacketSetup : IDisposable
{
    private const int LargestSlot = 8192;

    // Ethernet's with two tags is 22; the kernel aligns what is behind the link header to 16.
    private const int MostLinkHeader = 48;

    private const int LargestBlock = 1 << 20;
    private const int SmallestBlock = 1 << 14;
    private const int SmallestForFrames = 1 << 16; // however small a buffer was asked for
    private const int WantedBlocks = 128;
    private const int FewestBlocks = 4; // so that one can be read while others are filled

    // Of what networks carry: super-packets of 64 KiB, and room for those of 192 KiB that a host may be told to make.
    private const int LargestFrame = 200_000;

    // The headers of a block and of a record, and the gap in front of the frame.
    private const int RecordOverhead = 512;

    private readonly FrameDeviceOptions _options;
    private bool _handedOver;
    private FrameDirections _filtered = FrameDirections.Both;

    private PacketSetup(PacketSocket socket, LinuxInterface link, FrameDeviceOptions options)
    {
        Socket = socket;
        Link = link;
        _options = options;
        Shaper = new FrameShaper(link.LinkType, options.SnapLength, null);
    }

    internal PacketSocket Socket { get; }

    internal LinuxInterface Link { get; }

    internal FrameShaper Shaper { get; private set; }

    internal bool FiltersInKernel { get; private set; } = true;

    internal PacketRing? Ring { get; private set; }

    private bool Receives => _options.Directions != FrameDirections.None;

    /// <summary>Opens the socket for an interface.</summary>
    /// <exception cref="LinkException">The system refused.</exception>
    internal static PacketSetup Begin(string interfaceName, FrameDeviceOptions options)
    {
        bool all = interfaceName == FrameDevice.AnyInterface;
        PacketSocket socket = OpenSocket(interfaceName, cooked: all);
        try
        {
            LinuxInterface link = all ? LinuxInterface.All : LinuxInterface.Read(socket, interfaceName);
            if (link.LinkType == LinkType.LinuxSll2 && !all)
            {
                socket.Dispose();
                socket = OpenSocket(interfaceName, cooked: true);
            }

            return link.IsUp
                ? new PacketSetup(socket, link, options)
                : throw LinuxErrors.Exception("bind(AF_PACKET)", interfaceName, new NativeError(NativeErrorDomain.Errno, Packet.ENETDOWN));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Gives the socket its ring.</summary>
    internal void MakeRing()
    {
        if (!Receives)
        {
            return;
        }

        // Large blocks make hand-overs rare. But a block that is not full is handed over after a time too, and counts as much as a full one: with few
        // blocks a reader that gets no processor for a tenth of a second loses frames although hardly any came.
        uint longest = BitOperations.RoundUpToPowerOf2((uint)Math.Min(_options.SnapLength, LargestFrame) + RecordOverhead);
        int blockSize = LargestBlock;
        while (blockSize > SmallestBlock
            && ((blockSize > longest && blockSize > _options.BufferSize / WantedBlocks) || (blockSize > SmallestForFrames && blockSize > _options.BufferSize / FewestBlocks)))
        {
            blockSize >>= 1;
        }

        int blocks = Math.Max(_options.BufferSize / blockSize, FewestBlocks);
        int milliseconds = (int)Math.Clamp(Math.Ceiling(_options.BlockTimeout.TotalMilliseconds), 1, 10_000);
        Set(Packet.PACKET_VERSION, Packet.TPACKET_V3, "setsockopt(PACKET_VERSION)");
        Set(Packet.PACKET_RESERVE, Shaper.Headroom, "setsockopt(PACKET_RESERVE)");
        Ring = Run(() => PacketRing.CreateBlocks(Socket, blockSize, blocks, milliseconds));
    }

    /// <summary>Whether every frame is short enough to have a slot of its own.</summary>
    internal bool FitsSlots => SlotSize <= LargestSlot;

    // Only frames of IP are put together to more than the interface's MTU before they come here.
    private int LongestFrame => _options.EtherType is 0 or (ushort)EtherType.IPv4 or (ushort)EtherType.IPv6
        ? _options.SnapLength
        : Math.Min(_options.SnapLength, Link.Mtu + MostLinkHeader);

    private int SlotSize => (int)BitOperations.RoundUpToPowerOf2((uint)(RingSlot.HeaderSize + Shaper.Headroom + MostLinkHeader + LongestFrame));

    /// <summary>Gives the socket slots of one frame each.</summary>
    internal void MakeSlots()
    {
        if (!Receives)
        {
            return;
        }

        Set(Packet.PACKET_VERSION, Packet.TPACKET_V2, "setsockopt(PACKET_VERSION)");
        Set(Packet.PACKET_RESERVE, Shaper.Headroom, "setsockopt(PACKET_RESERVE)");
        Ring = Run(() => PacketRing.CreateSlots(Socket, SlotSize, _options.BufferSize / SlotSize));
    }

    /// <summary>Asks for what a socket without a ring tells beside each frame, and for room for waiting frames.</summary>
    internal void MakeBuffer()
    {
        if (!Receives)
        {
            return;
        }

        Set(Packet.PACKET_AUXDATA, 1, "setsockopt(PACKET_AUXDATA)");

        // Beyond the limit of the system only with CAP_NET_ADMIN; without it the kernel takes as much as is allowed.
        if (!Socket.TrySet(LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, _options.BufferSize, out _))
        {
            Check(Socket.TrySet(LibC.SOL_SOCKET, LibC.SO_RCVBUF, _options.BufferSize, out NativeError error), "setsockopt(SO_RCVBUF)", error);
        }
    }

    /// <summary>Asks for times: the card's own when they are wanted and it has them, otherwise the kernel's.</summary>
    internal void AskForTimes()
    {
        bool card = _options.HardwareTimestamps && TurnOnHardwareTimes();
        const int Kernel = Packet.SOF_TIMESTAMPING_RX_SOFTWARE | Packet.SOF_TIMESTAMPING_SOFTWARE;
        const int Card = Packet.SOF_TIMESTAMPING_RX_HARDWARE | Packet.SOF_TIMESTAMPING_RAW_HARDWARE;
        NativeError error = default;
        bool done = (Ring is not null, card) switch
        {
            (true, true) => Socket.TrySet(Packet.PACKET_TIMESTAMP, Packet.SOF_TIMESTAMPING_RAW_HARDWARE, out error),
            (true, false) => true, // a ring has the kernel's without being asked
            (false, true) => Socket.TrySet(LibC.SOL_SOCKET, Packet.SO_TIMESTAMPING, Kernel | Card, out error),
            (false, false) => Socket.TrySet(LibC.SOL_SOCKET, Packet.SO_TIMESTAMPNS, 1, out error),
        };
        Check(done, "setsockopt(timestamps)", error);
    }

    /// <summary>Decides which frames come, and who decides it: the kernel if it can.</summary>
    internal void Filter()
    {
        if (!Receives)
        {
            return;
        }

        FrameDirections wanted = _options.Directions;
        if (wanted == FrameDirections.Both && Link.IsLoopback)
        {
            wanted = FrameDirections.Inbound; // every frame is sent and received by the same host: once is enough
        }

        // In a group the kernel asks the group, not the socket.
        bool ignored = wanted == FrameDirections.Inbound && _options.Fanout is null && Socket.TrySet(Packet.PACKET_IGNORE_OUTGOING, 1, out _);
        _filtered = ignored ? FrameDirections.Both : wanted;
        BpfInstruction[] before = SocketProgram.Directions(_filtered, Link.Index == 0);
        BpfInstruction[] filter = Compile();
        BpfInstruction[]? kernels = filter;
        if (Link.LinkType == LinkType.LinuxSll2 && !CookedProgram.TryRewrite(filter, out kernels))
        {
            kernels = null;
        }

        if (kernels is null || !TryAttach([.. before, .. kernels], out _))
        {
            // Too long for the kernel, or something it cannot be asked: it cuts and sorts by direction, the rest is done here.
            BpfInstruction[] rest = [.. before, new BpfInstruction(Bpf.Ret, 0, 0, (uint)_options.SnapLength)];
            FiltersInKernel = false;
            Shaper = new FrameShaper(Link.LinkType, _options.SnapLength, filter);
            Check(TryAttach(rest, out NativeError error), "setsockopt(SO_ATTACH_FILTER)", error);
        }

        Check(Socket.TrySet(LibC.SOL_SOCKET, LibC.SO_LOCK_FILTER, 1, out NativeError unlocked), "setsockopt(SO_LOCK_FILTER)", unlocked);
    }

    /// <summary>Binds the socket: from here on it sees frames.</summary>
    internal void Start()
    {
        if (_options.BypassQueue)
        {
            Set(Packet.PACKET_QDISC_BYPASS, 1, "setsockopt(PACKET_QDISC_BYPASS)");
        }

        if (_options.Promiscuous)
        {
            var request = new packet_mreq { mr_ifindex = Link.Index, mr_type = Packet.PACKET_MR_PROMISC };
            Check(Socket.TrySet(Packet.PACKET_ADD_MEMBERSHIP, request, out NativeError error), "setsockopt(PACKET_ADD_MEMBERSHIP)", error);
        }

        ushort protocol = !Receives ? (ushort)0 : _options.EtherType != 0 ? _options.EtherType : Packet.ETH_P_ALL;
        Check(Socket.TryBind(protocol, Link.Index, out NativeError refused), "bind(AF_PACKET)", refused);
        int waiting = Run(Socket.TakeError);
        Check(waiting == 0, "bind(AF_PACKET)", new NativeError(NativeErrorDomain.Errno, waiting));
        if (_options.Fanout is { } group)
        {
            Set(Packet.PACKET_FANOUT, FanoutNumber.Of(group), "setsockopt(PACKET_FANOUT)");
        }
    }

    /// <summary>The socket and the ring now belong to a device.</summary>
    internal void HandOver() => _handedOver = true;

    public void Dispose()
    {
        if (!_handedOver)
        {
            Ring?.Dispose();
            Socket.Dispose();
        }
    }

    private static PacketSocket OpenSocket(string interfaceName, bool cooked)
    {
        try
        {
            return PacketSocket.Open(cooked);
        }
        catch (NativeException refused)
        {
            throw LinuxErrors.Exception(refused, interfaceName);
        }
    }

    // Only what the caller asked for; everything, when nothing was.
    private BpfInstruction[] Compile()
    {
        if (!_options.Program.IsEmpty)
        {
            return _options.Program.ToArray();
        }

        var compilation = new PacketFilterOptions
        {
            VlanInMetadata = Link.LinkType == LinkType.Ethernet,
            SnapLength = _options.SnapLength,
            IPv4Mask = _options.IPv4Mask ?? Link.ReadIPv4Mask(Socket),
        };
        return PacketFilter.Compile(_options.Filter ?? string.Empty, Link.LinkType, compilation).Program.ToArray();
    }

    private bool TryAttach(BpfInstruction[] program, out NativeError error)
    {
        if (program.Length <= BpfProgram.MaximumLength)
        {
            return Socket.TryAttach(SocketProgram.ToNative(program), out error);
        }

        error = new NativeError(NativeErrorDomain.Errno, Netlink.EINVAL);
        return false;
    }

    private bool TurnOnHardwareTimes()
    {
        byte[] name = Encoding.UTF8.GetBytes(Link.Name);
        hwtstamp_config config = default;
        if (Link.Index == 0)
        {
            return true; // each card as somebody else has set it
        }

        if (Socket.TryTimestamping(Packet.SIOCGHWTSTAMP, name, ref config, out _) && config.rx_filter == Packet.HWTSTAMP_FILTER_ALL)
        {
            return true; // somebody else has turned them on, so no right is needed to do it again
        }

        config = new hwtstamp_config { tx_type = config.tx_type, rx_filter = Packet.HWTSTAMP_FILTER_ALL };
        bool done = Socket.TryTimestamping(Packet.SIOCSHWTSTAMP, name, ref config, out NativeError error);
        Check(done || error.Code != Packet.EPERM, "ioctl(SIOCSHWTSTAMP)", error);
        return done;
    }

    private void Set(int option, int value, string operation) => Check(Socket.TrySet(option, value, out NativeError error), operation, error);

    private void Check(bool done, string operation, NativeError error)
    {
        if (!done)
        {
            throw LinuxErrors.Exception(operation, Link.Name, error);
        }
    }

    private T Run<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (NativeException refused)
        {
            throw LinuxErrors.Exception(refused, Link.Name);
        }
    }
}
