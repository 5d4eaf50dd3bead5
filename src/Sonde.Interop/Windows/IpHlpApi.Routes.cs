using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

// netioapi.h: the routing table.
internal static unsafe partial class IpHlpApi
{
    [LibraryImport(Library)]
    private static partial int GetIpForwardTable2(ushort family, out MibTable table);

    /// <summary>The routes of a family (<see cref="AF_INET"/>, <see cref="AF_INET6"/>) as rows of <see cref="MIB_IPFORWARD_ROW2"/>.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static MibTable GetIpForwardTable2(ushort family)
    {
        try
        {
            int error = GetIpForwardTable2(family, out MibTable table);

            // Without a route of that family the answer is "not found" and no table: an empty list.
            if (error is Win32.ERROR_SUCCESS or Win32.ERROR_NOT_FOUND or Win32.ERROR_FILE_NOT_FOUND)
            {
                return table;
            }

            table.Dispose();
            throw new NativeException("GetIpForwardTable2", Win32.Error(error));
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            throw Win32.Missing("GetIpForwardTable2", missing);
        }
    }

    [LibraryImport(Library)]
    private static partial void InitializeIpForwardEntry(MIB_IPFORWARD_ROW2* row);

    [LibraryImport(Library)]
    private static partial int CreateIpForwardEntry2(MIB_IPFORWARD_ROW2* row);

    [LibraryImport(Library)]
    private static partial int DeleteIpForwardEntry2(MIB_IPFORWARD_ROW2* row);

    /// <summary>A row as the system wants a new route to begin: endless lifetimes, made by hand.</summary>
    /// <exception cref="NativeException">This Windows lacks the function.</exception>
    internal static MIB_IPFORWARD_ROW2 NewIpForward()
    {
        try
        {
            MIB_IPFORWARD_ROW2 row = default;

            // SAFETY: the call writes exactly one row, a local; so do those below.
            InitializeIpForwardEntry(&row);
            return row;
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            throw Win32.Missing("InitializeIpForwardEntry", missing);
        }
    }

    /// <summary>Adds a route.</summary>
    /// <returns>0, or the Win32 error.</returns>
    /// <exception cref="NativeException">This Windows lacks the function.</exception>
    internal static int CreateIpForwardEntry2(MIB_IPFORWARD_ROW2 row)
    {
        try
        {
            return CreateIpForwardEntry2(&row);
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            throw Win32.Missing("CreateIpForwardEntry2", missing);
        }
    }

    /// <summary>Removes a route.</summary>
    /// <returns>0, or the Win32 error.</returns>
    /// <exception cref="NativeException">This Windows lacks the function.</exception>
    internal static int DeleteIpForwardEntry2(MIB_IPFORWARD_ROW2 row)
    {
        try
        {
            return DeleteIpForwardEntry2(&row);
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            throw Win32.Missing("DeleteIpForwardEntry2", missing);
        }
    }
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
