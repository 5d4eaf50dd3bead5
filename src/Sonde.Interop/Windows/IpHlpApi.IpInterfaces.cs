using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

// netioapi.h: what a family of addresses keeps of an interface.
internal static partial class IpHlpApi
{
    /// <summary>NL_ROUTER_DISCOVERY_BEHAVIOR (nldef.h).</summary>
    internal const int RouterDiscoveryDisabled = 0;

    [LibraryImport(Library)]
    private static partial int GetIpInterfaceEntry(ref MIB_IPINTERFACE_ROW row);

    [LibraryImport(Library)]
    private static partial int SetIpInterfaceEntry(ref MIB_IPINTERFACE_ROW row);

    /// <summary>Reads an interface's row of a family (<see cref="AF_INET"/>, <see cref="AF_INET6"/>).</summary>
    /// <returns>0, or the Win32 error: ERROR_NOT_FOUND where the family is not bound to the interface.</returns>
    /// <exception cref="NativeException">This Windows lacks the function.</exception>
    internal static int GetIpInterfaceEntry(ulong luid, ushort family, out MIB_IPINTERFACE_ROW row)
    {
        row = default;
        row.Family = family;
        row.InterfaceLuid = luid;
        return Call("GetIpInterfaceEntry", GetIpInterfaceEntry, ref row);
    }

    /// <summary>Writes a row back that was read.</summary>
    /// <returns>0, or the Win32 error.</returns>
    /// <exception cref="NativeException">This Windows lacks the function.</exception>
    internal static int SetIpInterfaceEntry(MIB_IPINTERFACE_ROW row)
    {
        // The call refuses the very row that it has just returned, for IPv4, unless this is zero.
        row.SitePrefixLength = 0;
        return Call("SetIpInterfaceEntry", SetIpInterfaceEntry, ref row);
    }
}

/// <summary>struct MIB_IPINTERFACE_ROW (netioapi.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_IPINTERFACE_ROW
{
    internal ushort Family;
    internal ulong InterfaceLuid;
    internal uint InterfaceIndex;
    internal uint MaxReassemblySize;
    internal ulong InterfaceIdentifier;
    internal uint MinRouterAdvertisementInterval;
    internal uint MaxRouterAdvertisementInterval;
    internal byte AdvertisingEnabled;
    internal byte ForwardingEnabled;
    internal byte WeakHostSend;
    internal byte WeakHostReceive;
    internal byte UseAutomaticMetric;
    internal byte UseNeighborUnreachabilityDetection;
    internal byte ManagedAddressConfigurationSupported;
    internal byte OtherStatefulConfigurationSupported;
    internal byte AdvertiseDefaultRoute;
    internal int RouterDiscoveryBehavior;
    internal uint DadTransmits;
    internal uint BaseReachableTime;
    internal uint RetransmitTime;
    internal uint PathMtuDiscoveryTimeout;
    internal int LinkLocalAddressBehavior;
    internal uint LinkLocalAddressTimeout;
    internal ZONE_INDICES ZoneIndices;
    internal uint SitePrefixLength;
    internal uint Metric;
    internal uint NlMtu;
    internal byte Connected;
    internal byte SupportsWakeUpPatterns;
    internal byte SupportsNeighborDiscovery;
    internal byte SupportsRouterDiscovery;
    internal uint ReachableTime;
    internal byte TransmitOffload; // eight bit fields, as in the next one
    internal byte ReceiveOffload;
    internal byte DisableDefaultRoutes;
}
