using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

// netioapi.h and ifdef.h: interfaces with their states and 64-bit counters.
internal static partial class IpHlpApi
{
    internal const int IF_MAX_STRING_SIZE = 256;
    internal const int IF_MAX_PHYS_ADDRESS_LENGTH = 32;

    [LibraryImport(Library)]
    private static partial int GetIfTable2(out MibTable table);

    [LibraryImport(Library)]
    private static partial int GetIfEntry2(ref MIB_IF_ROW2 row);

    /// <summary>All interfaces, filter modules among them, as rows of <see cref="MIB_IF_ROW2"/>.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static MibTable GetIfTable2()
    {
        try
        {
            int error = GetIfTable2(out MibTable table);
            if (error == Win32.ERROR_SUCCESS)
            {
                return table;
            }

            table.Dispose();
            throw new NativeException("GetIfTable2", Win32.Error(error));
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            throw Win32.Missing("GetIfTable2", missing);
        }
    }

    /// <summary>One interface by its LUID, or by its index when the LUID is 0.</summary>
    /// <exception cref="NativeException">The system refused; ERROR_FILE_NOT_FOUND when there is none.</exception>
    internal static void GetIfEntry2(ulong luid, uint index, out MIB_IF_ROW2 row)
    {
        row = default;
        row.InterfaceLuid = luid;
        row.InterfaceIndex = index;
        int error = Call("GetIfEntry2", GetIfEntry2, ref row);
        if (error != Win32.ERROR_SUCCESS)
        {
            throw new NativeException("GetIfEntry2", Win32.Error(error));
        }
    }
}

/// <summary>struct MIB_IF_ROW2 (netioapi.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_IF_ROW2
{
    internal ulong InterfaceLuid;
    internal uint InterfaceIndex;
    internal Guid InterfaceGuid;
    internal IF_STRING Alias;
    internal IF_STRING Description;
    internal uint PhysicalAddressLength;
    internal IF_PHYS_ADDRESS PhysicalAddress;
    internal IF_PHYS_ADDRESS PermanentPhysicalAddress;
    internal uint Mtu;
    internal uint Type;
    internal int TunnelType;
    internal int MediaType;
    internal int PhysicalMediumType;
    internal int AccessType;
    internal int DirectionType;
    internal byte InterfaceAndOperStatusFlags; // eight bit fields
    internal int OperStatus;
    internal int AdminStatus;
    internal int MediaConnectState;
    internal Guid NetworkGuid;
    internal int ConnectionType;
    internal ulong TransmitLinkSpeed;
    internal ulong ReceiveLinkSpeed;
    internal ulong InOctets;
    internal ulong InUcastPkts;
    internal ulong InNUcastPkts;
    internal ulong InDiscards;
    internal ulong InErrors;
    internal ulong InUnknownProtos;
    internal ulong InUcastOctets;
    internal ulong InMulticastOctets;
    internal ulong InBroadcastOctets;
    internal ulong OutOctets;
    internal ulong OutUcastPkts;
    internal ulong OutNUcastPkts;
    internal ulong OutDiscards;
    internal ulong OutErrors;
    internal ulong OutUcastOctets;
    internal ulong OutMulticastOctets;
    internal ulong OutBroadcastOctets;
    internal ulong OutQLen;
}

/// <summary>struct MIB_IF_TABLE2 (netioapi.h): declared for the place of its first row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_IF_TABLE2
{
    internal uint NumEntries;
    internal MIB_IF_ROW2 Table;
}

/// <summary>WCHAR[IF_MAX_STRING_SIZE + 1].</summary>
[InlineArray(IpHlpApi.IF_MAX_STRING_SIZE + 1)]
internal struct IF_STRING
{
    private char _first;
}

/// <summary>UCHAR[IF_MAX_PHYS_ADDRESS_LENGTH].</summary>
[InlineArray(IpHlpApi.IF_MAX_PHYS_ADDRESS_LENGTH)]
internal struct IF_PHYS_ADDRESS
{
    private byte _first;
}
