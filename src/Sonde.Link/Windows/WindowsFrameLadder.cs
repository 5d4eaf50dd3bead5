using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Link.Windows;

/// <summary>Npcap, and raw sockets where it is not installed.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsFrameLadder(NpcapSetup setup) : FrameLadder
{
    private readonly NpcapInstallation _npcap = new(setup);

    internal WindowsFrameLadder()
        : this(NpcapSetup.Installed())
    {
    }

    internal override FrameDevice Open(string interfaceName, FrameDeviceOptions options)
    {
        Refuse(interfaceName, options.Fanout is not null, "PACKET_FANOUT", "groups of devices that share the frames of an interface exist on Linux only");
        Refuse(interfaceName, options.Mode == FrameMode.Xdp, "AF_XDP", "AF_XDP exists on Linux only");
        Refuse(interfaceName, options.BypassQueue, "PACKET_QDISC_BYPASS", "Windows has no queueing discipline to go past");
        WindowsAdapter? adapter = interfaceName == FrameDevice.AnyInterface ? null : WindowsAdapters.Find(interfaceName);
        try
        {
            Wpcap library = _npcap.Load(interfaceName);
            return adapter is not null ? OpenNpcap(library, interfaceName, adapter, options)
                : throw (_npcap.FindDriverFault(interfaceName) ?? RefuseAny(interfaceName));
        }
        catch (LinkException missing) when (missing.Failure == LinkFailure.BackendMissing)
        {
            return OpenRaw(missing, interfaceName, adapter, options);
        }
    }

    internal override IReadOnlyList<FrameAccess> Check() => [_npcap.Check(), WindowsRawSocketDevice.Check()];

    private static void Refuse(string name, bool asked, string operation, string reason)
    {
        if (asked)
        {
            throw new LinkException(LinkFailure.NotSupported, operation, name, 0, reason);
        }
    }

    private static LinkException RefuseAny(string name) =>
        new(LinkFailure.NotSupported, "pcap_create", name, 0, "Npcap shows one adapter a device; open each by its name");

    // What the better way lacks stays the reason, with that of this one beside it: either may be the easier to mend.
    private static WindowsRawSocketDevice OpenRaw(LinkException missing, string name, WindowsAdapter? adapter, FrameDeviceOptions options)
    {
        try
        {
            return WindowsRawSocketDevice.Open(name, adapter is null ? WindowsAdapters.ReadAll() : [adapter], options);
        }
        catch (LinkException refused)
        {
            throw new LinkException(
                missing.Failure, missing.Operation, name, missing.NativeError, $"{missing.Reason}; and without it, {refused.Operation}: {refused.Reason}", refused);
        }
    }

    private WindowsNpcapDevice OpenNpcap(Wpcap library, string name, WindowsAdapter adapter, FrameDeviceOptions options)
    {
        try
        {
            return WindowsNpcapDevice.Open(library, _npcap.DeviceOf(adapter), name, adapter, options);
        }
        catch (LinkException refused) when (refused.InnerException is PcapException)
        {
            // Npcap itself starts a stopped driver when it may: only now is it known that it could not.
            if (_npcap.FindDriverFault(name) is { } fault)
            {
                throw fault;
            }

            throw;
        }
    }
}
