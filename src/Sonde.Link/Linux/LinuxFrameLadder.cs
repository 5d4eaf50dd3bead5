using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Packets.Filters;

namespace Sonde.Link.Linux;

/// <summary>Packet sockets are the way to frames on Linux, and AF_XDP for those who ask for it; which kind is the caller's choice, by the mode.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxFrameLadder : FrameLadder
{
    internal override FrameDevice Open(string interfaceName, FrameDeviceOptions options)
    {
        Check(options);
        if (options.Promiscuous && interfaceName == FrameDevice.AnyInterface)
        {
            throw new LinkException(LinkFailure.NotSupported, "setsockopt(PACKET_ADD_MEMBERSHIP)", interfaceName, 0, "only one interface can be made promiscuous");
        }

        if (options.Mode == FrameMode.Xdp)
        {
            return LinuxXdpDevice.OpenQueue(interfaceName, options);
        }

        using var setup = PacketSetup.Begin(interfaceName, options);
        bool slots = options.Mode == FrameMode.Latency && setup.FitsSlots;
        if (options.Mode == FrameMode.Capture)
        {
            setup.MakeRing();
        }
        else if (slots)
        {
            setup.MakeSlots();
        }
        else
        {
            setup.MakeBuffer();
        }

        setup.AskForTimes();
        setup.Filter();
        setup.Start();
        return options.Mode == FrameMode.Capture ? new LinuxRingDevice(setup, options)
            : slots ? new LinuxSlotDevice(setup, options)
            : new LinuxSocketDevice(setup, options);
    }

    internal override IReadOnlyList<FrameAccess> Check() =>
    [
        // Of protocol 0: it receives nothing, so trying has no effect on anybody.
        Try(
            "af_packet",
            "every frame of one interface or of all, sending, filters in the kernel",
            "socket(AF_PACKET)",
            ["CAP_NET_RAW"],
            static () => PacketSocket.Open(cooked: false).Dispose()),
        Try(
            "af_xdp",
            "frames of one receive queue that bypass the network stack; only when asked for",
            "socket(AF_XDP)",
            ["CAP_NET_RAW", "CAP_NET_ADMIN", "CAP_BPF"],
            static () =>
            {
                XdpSocket.Open(frames: 2).Dispose();
                XdpRedirect.Try();
            }),
    ];

    private static FrameAccess Try(string backend, string provides, string operation, IReadOnlyList<string> rights, Action attempt)
    {
        try
        {
            attempt();
            return new FrameAccess(backend, FrameAccessState.Available, provides, operation);
        }
        catch (NativeException refused)
        {
            bool denied = LinuxErrors.FailureOf(refused.Error.Code, isOpen: false) == LinkFailure.AccessDenied;
            return new FrameAccess(
                backend,
                denied ? FrameAccessState.Denied : FrameAccessState.Unavailable,
                provides,
                refused.Operation,
                refused.Error.ToString(),
                refused.Error.Code,
                denied ? rights : null);
        }
    }

    private static void Check(FrameDeviceOptions options)
    {
        if (!options.Program.IsEmpty && !string.IsNullOrEmpty(options.Filter))
        {
            throw new ArgumentException("A device has a filter or a program, not both.", nameof(options));
        }

        if (!options.Program.IsEmpty && !BpfProgram.IsValid(options.Program.Span))
        {
            throw new ArgumentException("The program is not one that a kernel would run.", nameof(options));
        }

        if (options.Fanout is { Id: < 0 or > 0xFFFF })
        {
            throw new ArgumentException("The number of a group is 0 to 65535.", nameof(options));
        }
    }
}
