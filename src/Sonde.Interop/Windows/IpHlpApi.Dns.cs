using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

// netioapi.h of the Windows SDK since 10.0.19041: the name servers of an interface.
internal static unsafe partial class IpHlpApi
{
    internal const uint DNS_INTERFACE_SETTINGS_VERSION1 = 1;
    internal const ulong DNS_SETTING_IPV6 = 0x0001;
    internal const ulong DNS_SETTING_NAMESERVER = 0x0002;
    internal const ulong DNS_SETTING_SEARCHLIST = 0x0004;

    [LibraryImport(Library)]
    private static partial int SetInterfaceDnsSettings(Guid id, DNS_INTERFACE_SETTINGS* settings);

    /// <summary>Sets the name servers and the search list of an interface for one family; empty texts take them back.</summary>
    /// <returns>0, or the Win32 error.</returns>
    /// <exception cref="NativeException">This Windows lacks the function: it is older than 10 2004.</exception>
    internal static int SetInterfaceDnsSettings(Guid id, bool isIPv4, string servers, string searchList)
    {
        fixed (char* nameServer = servers)
        fixed (char* search = searchList)
        {
            var settings = new DNS_INTERFACE_SETTINGS
            {
                Version = DNS_INTERFACE_SETTINGS_VERSION1,
                Flags = DNS_SETTING_NAMESERVER | DNS_SETTING_SEARCHLIST | (isIPv4 ? 0 : DNS_SETTING_IPV6),
                NameServer = (nint)nameServer,
                SearchList = (nint)search,
            };
            try
            {
                // SAFETY: the settings and both texts, which end with a zero, live until the call returns; it copies them.
                return SetInterfaceDnsSettings(id, &settings);
            }
            catch (TypeLoadException missing) when (Win32.IsMissing(missing))
            {
                throw Win32.Missing("SetInterfaceDnsSettings", missing);
            }
        }
    }
}

/// <summary>struct DNS_INTERFACE_SETTINGS (netioapi.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DNS_INTERFACE_SETTINGS
{
    internal uint Version;
    internal ulong Flags;
    internal nint Domain;
    internal nint NameServer;
    internal nint SearchList;
    internal uint RegistrationEnabled;
    internal uint RegisterAdapterName;
    internal uint EnableLLMNR;
    internal uint QueryAdapterName;
    internal nint ProfileNameServer;
}
