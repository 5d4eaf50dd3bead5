using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

// iphlpapi.h, tcpmib.h, udpmib.h: the tables of sockets with their owners.
internal static unsafe partial class IpHlpApi
{
    internal const int TCP_TABLE_OWNER_MODULE_ALL = 8;
    internal const int UDP_TABLE_OWNER_MODULE = 2;

    [LibraryImport(Library)]
    private static partial int GetExtendedTcpTable(void* table, uint* size, int order, uint family, int tableClass, uint reserved);

    [LibraryImport(Library)]
    private static partial int GetExtendedUdpTable(void* table, uint* size, int order, uint family, int tableClass, uint reserved);

    /// <summary>The TCP sockets of a family with owner and time of creation: a count, then rows, then perhaps more bytes.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static ReadOnlySpan<byte> GetTcpTable(ushort family, Win32Buffer buffer)
    {
        try
        {
            return buffer.Ask("GetExtendedTcpTable", (Span<byte> room, ref uint length) =>
            {
                fixed (byte* table = room)
                fixed (uint* size = &length)
                {
                    // SAFETY: size tells how much room table has; the call writes no more and reports what it needs.
                    return Whole(GetExtendedTcpTable(table, size, 0, family, TCP_TABLE_OWNER_MODULE_ALL, 0), room, ref length);
                }
            }).Bytes;
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            throw Win32.Missing("GetExtendedTcpTable", missing);
        }
    }

    /// <summary>The UDP sockets of a family with owner and time of creation: a count, then rows, then perhaps more bytes.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static ReadOnlySpan<byte> GetUdpTable(ushort family, Win32Buffer buffer)
    {
        try
        {
            return buffer.Ask("GetExtendedUdpTable", (Span<byte> room, ref uint length) =>
            {
                fixed (byte* table = room)
                fixed (uint* size = &length)
                {
                    // SAFETY: size tells how much room table has; the call writes no more and reports what it needs.
                    return Whole(GetExtendedUdpTable(table, size, 0, family, UDP_TABLE_OWNER_MODULE, 0), room, ref length);
                }
            }).Bytes;
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            throw Win32.Missing("GetExtendedUdpTable", missing);
        }
    }

    // On success some systems leave in the size what they were given, others what they used: the table is inside either way.
    private static int Whole(int error, Span<byte> room, ref uint length)
    {
        length = error == Win32.ERROR_SUCCESS ? (uint)room.Length : length;
        return error;
    }
}

/// <summary>enum MIB_TCP_STATE (tcpmib.h): no calls, so that parsers use it on every OS.</summary>
internal static class MibTcpState
{
    internal const uint MIB_TCP_STATE_CLOSED = 1;
    internal const uint MIB_TCP_STATE_LISTEN = 2;
    internal const uint MIB_TCP_STATE_SYN_SENT = 3;
    internal const uint MIB_TCP_STATE_SYN_RCVD = 4;
    internal const uint MIB_TCP_STATE_ESTAB = 5;
    internal const uint MIB_TCP_STATE_FIN_WAIT1 = 6;
    internal const uint MIB_TCP_STATE_FIN_WAIT2 = 7;
    internal const uint MIB_TCP_STATE_CLOSE_WAIT = 8;
    internal const uint MIB_TCP_STATE_CLOSING = 9;
    internal const uint MIB_TCP_STATE_LAST_ACK = 10;
    internal const uint MIB_TCP_STATE_TIME_WAIT = 11;
    internal const uint MIB_TCP_STATE_DELETE_TCB = 12;
}

/// <summary>ULONGLONG[16]: what names the module to GetOwnerModuleFromTcpEntry.</summary>
[InlineArray(TCPIP_OWNING_MODULE_SIZE)]
internal struct OWNING_MODULE_INFO
{
    internal const int TCPIP_OWNING_MODULE_SIZE = 16;

    private ulong _first;
}

/// <summary>struct MIB_TCPROW_OWNER_MODULE (tcpmib.h): ports in the order of the wire, in the low half.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_TCPROW_OWNER_MODULE
{
    internal uint dwState;
    internal uint dwLocalAddr;
    internal uint dwLocalPort;
    internal uint dwRemoteAddr;
    internal uint dwRemotePort;
    internal uint dwOwningPid;
    internal long liCreateTimestamp;
    internal OWNING_MODULE_INFO OwningModuleInfo;
}

/// <summary>struct MIB_TCP6ROW_OWNER_MODULE (tcpmib.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_TCP6ROW_OWNER_MODULE
{
    internal IN6_ADDR ucLocalAddr;
    internal uint dwLocalScopeId;
    internal uint dwLocalPort;
    internal IN6_ADDR ucRemoteAddr;
    internal uint dwRemoteScopeId;
    internal uint dwRemotePort;
    internal uint dwState;
    internal uint dwOwningPid;
    internal long liCreateTimestamp;
    internal OWNING_MODULE_INFO OwningModuleInfo;
}

/// <summary>struct MIB_UDPROW_OWNER_MODULE (udpmib.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_UDPROW_OWNER_MODULE
{
    internal uint dwLocalAddr;
    internal uint dwLocalPort;
    internal uint dwOwningPid;
    internal long liCreateTimestamp;
    internal int dwFlags;
    internal OWNING_MODULE_INFO OwningModuleInfo;
}

/// <summary>struct MIB_UDP6ROW_OWNER_MODULE (udpmib.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_UDP6ROW_OWNER_MODULE
{
    internal IN6_ADDR ucLocalAddr;
    internal uint dwLocalScopeId;
    internal uint dwLocalPort;
    internal uint dwOwningPid;
    internal long liCreateTimestamp;
    internal int dwFlags;
    internal OWNING_MODULE_INFO OwningModuleInfo;
}

/// <summary>struct MIB_TCPTABLE_OWNER_MODULE (tcpmib.h): declared for the place of its first row, which is the same in all four tables.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_TCPTABLE_OWNER_MODULE
{
    internal uint dwNumEntries;
    internal MIB_TCPROW_OWNER_MODULE table;
}
