using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

// netioapi.h: the routing table.
internal static partial class IpHlpApi
{
    [LibraryImport(Library)]
    private static partial int GetIpForwardTable2(ushort family, out MibTable table);

    [LibraryImport(Library)]
    private static partial void InitializeIpForwardEntry(ref MIB_IPFORWARD_ROW2 row);

    [LibraryImport(Library)]
    private static partial int CreateIpForwardEntry2(ref MIB_IPFORWARD_ROW2 row);

    [LibraryImport(Library)]
    private static partial int DeleteIpForwardEntry2(ref MIB_IPFORWARD_ROW2 row);

    /// <summary>The routes of a family (<see cref="AF_INET"/>, <see cref="AF_INET6"/>) as rows of <see cref="MIB_IPFORWARD_ROW2"/>.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static MibTable GetIpForwardTable2(ushort family) => Ask("GetIpForwardTable2", GetIpForwardTable2, family);

    /// <summary>A row as the system wants a new route to begin: endless lifetimes, made by hand.</summary>
    /// <exception cref="NativeException">This Windows lacks the function.</exception>
    internal static MIB_IPFORWARD_ROW2 NewIpForward()
    {
        MIB_IPFORWARD_ROW2 row = default;
        Call("InitializeIpForwardEntry", Initialize, ref row);
        return row;

        static int Initialize(ref MIB_IPFORWARD_ROW2 row)
        {
            InitializeIpForwardEntry(ref row);
            return Win32.ERROR_SUCCESS;
        }
    }

    /// <summary>Adds a route.</summary>
    /// <returns>0, or the Win32 error.</returns>
    /// <exception cref="NativeException">This Windows lacks the function.</exception>
    internal static int CreateIpForwardEntry2(MIB_IPFORWARD_ROW2 row) => Call("CreateIpForwardEntry2", CreateIpForwardEntry2, ref row);

    /// <summary>Removes a route.</summary>
    /// <returns>0, or the Win32 error.</returns>
    /// <exception cref="NativeException">This Windows lacks the function.</exception>
    internal static int DeleteIpForwardEntry2(MIB_IPFORWARD_ROW2 row) => Call("DeleteIpForwardEntry2", DeleteIpForwardEntry2, ref row);
}

/// <summary>struct IP_ADDRESS_PREFIX (netioapi.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IP_ADDRESS_PREFIX
{
    internal SOCKADDR_INET Prefix;
    internal byte PrefixLength;
}

/// <summary>struct MIB_IPFORWARD_ROW2 (netioapi.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_IPFORWARD_ROW2
{
    internal ulong InterfaceLuid;
    internal uint InterfaceIndex;
    internal IP_ADDRESS_PREFIX DestinationPrefix;
    internal SOCKADDR_INET NextHop;
    internal byte SitePrefixLength;
    internal uint ValidLifetime;
    internal uint PreferredLifetime;
    internal uint Metric;
    internal int Protocol;
    internal byte Loopback;
    internal byte AutoconfigureAddress;
    internal byte Publish;
    internal byte Immortal;
    internal uint Age;
    internal int Origin;
}

/// <summary>struct MIB_IPFORWARD_TABLE2 (netioapi.h): declared for the place of its first row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_IPFORWARD_TABLE2
{
    internal uint NumEntries;
    internal MIB_IPFORWARD_ROW2 Table;
}
