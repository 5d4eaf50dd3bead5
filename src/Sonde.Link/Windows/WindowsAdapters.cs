using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Link.Windows;

/// <summary>The adapters of this host, and what it counts for each.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsAdapters
{
    private const int UsualAnswer = 16 * 1024;

    /// <summary>All adapters that IP is bound to.</summary>
    /// <exception cref="LinkException">The system does not tell.</exception>
    internal static IReadOnlyList<WindowsAdapter> ReadAll()
    {
        try
        {
            return WindowsAdapterList.Parse(IpHlpApi.GetAdaptersAddresses(new Win32Buffer(UsualAnswer)));
        }
        catch (NativeException refused)
        {
            throw WindowsLinkErrors.From(refused, null);
        }
    }

    /// <summary>Finds an adapter by a name that a user wrote.</summary>
    /// <exception cref="LinkException">There is none of that name, or the system does not tell.</exception>
    internal static WindowsAdapter Find(string name) =>
        ReadAll().FirstOrDefault(adapter => adapter.IsNamed(name))
        ?? FindUnbound(name)
        ?? throw new LinkException(LinkFailure.NoSuchInterface, "GetAdaptersAddresses", name, 0, "there is no interface of that name");

    /// <summary>How many frames the card and its driver threw away since the system started; null when the system does not tell.</summary>
    internal static ulong? ReadDiscards(WindowsAdapter adapter)
    {
        try
        {
            IpHlpApi.GetIfEntry2(adapter.Luid, (uint)adapter.Index, out MIB_IF_ROW2 row);
            return row.InDiscards;
        }
        catch (NativeException)
        {
            return null; // told as "not known"; a capture goes on without this number
        }
    }

    private static WindowsAdapter? FindUnbound(string name)
    {
        try
        {
            using MibTable table = IpHlpApi.GetIfTable2();
            foreach (ref readonly MIB_IF_ROW2 row in table.Rows<MIB_IF_ROW2>())
            {
                if (WindowsAdapterList.Read(row) is { } adapter && adapter.IsNamed(name))
                {
                    return adapter;
                }
            }

            return null;
        }
        catch (NativeException refused)
        {
            throw WindowsLinkErrors.From(refused, name);
        }
    }
}
