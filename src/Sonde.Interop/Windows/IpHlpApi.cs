using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

// iphlpapi.h and netioapi.h: what the files IpHlpApi.*.cs share. The functions return their Win32 error.
[SupportedOSPlatform("windows")]
internal static unsafe partial class IpHlpApi
{
    internal const string Library = "iphlpapi.dll";

    // ws2def.h
    internal const ushort AF_UNSPEC = 0;
    internal const ushort AF_INET = 2;
    internal const ushort AF_INET6 = 23;

    // netioapi.h. Takes a pointer, not a MibTable: it is called by the handle's own release.
    [LibraryImport(Library)]
    internal static partial void FreeMibTable(void* memory);

    private delegate int TableFunction(ushort family, out MibTable table);

    private delegate int RowFunction<TRow>(ref TRow row);

    // A table of a family. Without a row of that family the answer is "not found" and no table: an empty list.
    private static MibTable Ask(string name, TableFunction function, ushort family)
    {
        try
        {
            int error = function(family, out MibTable table);
            if (error is Win32.ERROR_SUCCESS or Win32.ERROR_NOT_FOUND or Win32.ERROR_FILE_NOT_FOUND)
            {
                return table;
            }

            table.Dispose();
            throw new NativeException(name, Win32.Error(error));
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            throw Win32.Missing(name, missing);
        }
    }

    // A function of one row that this Windows may lack.
    private static int Call<TRow>(string name, RowFunction<TRow> function, ref TRow row)
    {
        try
        {
            return function(ref row);
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            throw Win32.Missing(name, missing);
        }
    }
}

/// <summary>struct sockaddr_in (ws2def.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SOCKADDR_IN
{
    internal ushort sin_family;
    internal ushort sin_port;
    internal uint sin_addr; // network byte order
    internal ulong sin_zero;
}

/// <summary>struct sockaddr_in6 (ws2ipdef.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SOCKADDR_IN6
{
    internal ushort sin6_family;
    internal ushort sin6_port;
    internal uint sin6_flowinfo;
    internal IN6_ADDR sin6_addr;
    internal uint sin6_scope_id;
}

/// <summary>struct in6_addr (in6addr.h).</summary>
[System.Runtime.CompilerServices.InlineArray(16)]
internal struct IN6_ADDR
{
    private byte _first;
}

/// <summary>union SOCKADDR_INET (ws2ipdef.h): told apart by its family.</summary>
[StructLayout(LayoutKind.Explicit, Size = 28)]
internal struct SOCKADDR_INET
{
    [FieldOffset(0)] internal SOCKADDR_IN6 Ipv6;
    [FieldOffset(0)] internal ushort si_family;
}

/// <summary>struct SOCKET_ADDRESS (ws2def.h): a pointer to a sockaddr and its length.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SOCKET_ADDRESS
{
    internal nint lpSockaddr;
    internal int iSockaddrLength;
}
