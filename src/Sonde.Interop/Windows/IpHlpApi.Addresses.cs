using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

// netioapi.h: unicast addresses of interfaces.
internal static partial class IpHlpApi
{
    /// <summary>NL_DAD_STATE (nldef.h): usable at once, without a search for duplicates.</summary>
    internal const int IpDadStatePreferred = 4;

    [LibraryImport(Library)]
    private static partial int GetUnicastIpAddressTable(ushort family, out MibTable table);

    [LibraryImport(Library)]
    private static partial void InitializeUnicastIpAddressEntry(ref MIB_UNICASTIPADDRESS_ROW row);

    [LibraryImport(Library)]
    private static partial int CreateUnicastIpAddressEntry(ref MIB_UNICASTIPADDRESS_ROW row);

    [LibraryImport(Library)]
    private static partial int DeleteUnicastIpAddressEntry(ref MIB_UNICASTIPADDRESS_ROW row);

    /// <summary>The addresses of all interfaces, both families, as rows of <see cref="MIB_UNICASTIPADDRESS_ROW"/>.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static MibTable GetUnicastIpAddressTable() => Ask("GetUnicastIpAddressTable", GetUnicastIpAddressTable, AF_UNSPEC);

    /// <summary>A row as the system wants a new address to begin: endless lifetimes, an origin of its own.</summary>
    /// <exception cref="NativeException">This Windows lacks the function.</exception>
    internal static MIB_UNICASTIPADDRESS_ROW NewUnicastIpAddress()
    {
        MIB_UNICASTIPADDRESS_ROW row = default;
        Call("InitializeUnicastIpAddressEntry", Initialize, ref row);
        return row;

        static int Initialize(ref MIB_UNICASTIPADDRESS_ROW row)
        {
            InitializeUnicastIpAddressEntry(ref row);
            return Win32.ERROR_SUCCESS;
        }
    }

    /// <summary>Adds an address.</summary>
    /// <returns>0, or the Win32 error.</returns>
    /// <exception cref="NativeException">This Windows lacks the function.</exception>
    internal static int CreateUnicastIpAddressEntry(MIB_UNICASTIPADDRESS_ROW row) => Call("CreateUnicastIpAddressEntry", CreateUnicastIpAddressEntry, ref row);

    /// <summary>Removes an address.</summary>
    /// <returns>0, or the Win32 error.</returns>
    /// <exception cref="NativeException">This Windows lacks the function.</exception>
    internal static int DeleteUnicastIpAddressEntry(MIB_UNICASTIPADDRESS_ROW row) => Call("DeleteUnicastIpAddressEntry", DeleteUnicastIpAddressEntry, ref row);
}

/// <summary>struct MIB_UNICASTIPADDRESS_ROW (netioapi.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_UNICASTIPADDRESS_ROW
{
    internal SOCKADDR_INET Address;
    internal ulong InterfaceLuid;
    internal uint InterfaceIndex;
    internal int PrefixOrigin;
    internal int SuffixOrigin;
    internal uint ValidLifetime;
    internal uint PreferredLifetime;
    internal byte OnLinkPrefixLength;
    internal byte SkipAsSource;
    internal int DadState;
    internal uint ScopeId;
    internal long CreationTimeStamp;
}

/// <summary>struct MIB_UNICASTIPADDRESS_TABLE (netioapi.h): declared for the place of its first row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MIB_UNICASTIPADDRESS_TABLE
{
    internal uint NumEntries;
    internal MIB_UNICASTIPADDRESS_ROW Table;
}
