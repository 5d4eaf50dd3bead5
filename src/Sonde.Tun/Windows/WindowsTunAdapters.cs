using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Tun.Windows;

/// <summary>The adapters of this host, those that are TUN devices told from the others.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsTunAdapters
{
    private const uint TypePropVirtual = 53; // IF_TYPE_PROP_VIRTUAL
    private const int MediumIP = 19; // NdisMediumIP
    private const byte FilterInterface = 0x02;

    /// <summary>Every TUN adapter, of Wintun and of its like.</summary>
    /// <exception cref="TunException">The system refused.</exception>
    internal static IReadOnlyList<WindowsTunAdapter> ReadTuns()
    {
        var found = new List<WindowsTunAdapter>();
        using MibTable table = ReadTable();
        foreach (ref readonly MIB_IF_ROW2 row in table.Rows<MIB_IF_ROW2>())
        {
            if (IsTun(row.Type, row.MediaType, row.InterfaceAndOperStatusFlags))
            {
                found.Add(new WindowsTunAdapter(row.InterfaceLuid, (int)row.InterfaceIndex, Text(row.Alias)));
            }
        }

        return found;
    }

    /// <summary>The TUN adapter of a name.</summary>
    /// <exception cref="TunException">There is none, or it is no TUN device.</exception>
    internal static WindowsTunAdapter Find(string name)
    {
        if (ReadTuns().FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            return found;
        }

        ReadNames(out HashSet<string> foreign);
        throw foreign.Contains(name)
            ? new TunException(TunFailure.Invalid, "GetIfTable2", name, 0, "this adapter is no TUN device")
            : new TunException(TunFailure.NotFound, "GetIfTable2", name, 0, "there is no adapter of that name");
    }

    /// <summary>The names of all adapters.</summary>
    /// <param name="foreign">Those among them that are no TUN devices.</param>
    /// <exception cref="TunException">The system refused.</exception>
    internal static HashSet<string> ReadNames(out HashSet<string> foreign)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreign = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        using MibTable table = ReadTable();
        foreach (ref readonly MIB_IF_ROW2 row in table.Rows<MIB_IF_ROW2>())
        {
            string name = Text(row.Alias);
            names.Add(name);
            if (!IsTun(row.Type, row.MediaType, row.InterfaceAndOperStatusFlags))
            {
                foreign.Add(name);
            }
        }

        return names;
    }

    private static bool IsTun(uint type, int medium, byte flags) => type == TypePropVirtual && medium == MediumIP && (flags & FilterInterface) == 0;

    private static MibTable ReadTable()
    {
        try
        {
            return IpHlpApi.GetIfTable2();
        }
        catch (NativeException refused)
        {
            throw TunException.From(refused, null);
        }
    }

    private static string Text(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf('\0');
        return new string(end < 0 ? text : text[..end]);
    }
}
