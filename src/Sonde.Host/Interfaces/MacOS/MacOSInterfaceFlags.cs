using System.Globalization;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Interfaces.MacOS;

/// <summary>The IFF_… flags of macOS and the states that follow from them.</summary>
internal static class MacOSInterfaceFlags
{
    private static readonly (uint Bit, string Name)[] s_names =
    [
        (Darwin.IFF_UP, "UP"),
        (Darwin.IFF_BROADCAST, "BROADCAST"),
        (Darwin.IFF_DEBUG, "DEBUG"),
        (Darwin.IFF_LOOPBACK, "LOOPBACK"),
        (Darwin.IFF_POINTOPOINT, "POINTOPOINT"),
        (Darwin.IFF_NOTRAILERS, "NOTRAILERS"),
        (Darwin.IFF_RUNNING, "RUNNING"),
        (Darwin.IFF_NOARP, "NOARP"),
        (Darwin.IFF_PROMISC, "PROMISC"),
        (Darwin.IFF_ALLMULTI, "ALLMULTI"),
        (Darwin.IFF_OACTIVE, "OACTIVE"),
        (Darwin.IFF_SIMPLEX, "SIMPLEX"),
        (Darwin.IFF_LINK0, "LINK0"),
        (Darwin.IFF_LINK1, "LINK1"),
        (Darwin.IFF_LINK2, "LINK2"),
        (Darwin.IFF_MULTICAST, "MULTICAST"),
    ];

    /// <summary>The names of the flags that are set; a bit without a name by its number.</summary>
    internal static IReadOnlyList<string> NamesOf(uint flags)
    {
        var names = new List<string>();
        foreach ((uint bit, string name) in s_names)
        {
            if ((flags & bit) != 0)
            {
                names.Add(name);
                flags &= ~bit;
            }
        }

        for (int bit = 0; flags != 0; bit++, flags >>= 1)
        {
            if ((flags & 1) != 0)
            {
                names.Add(string.Create(CultureInfo.InvariantCulture, $"0x{1u << bit:x}"));
            }
        }

        return names;
    }

    internal static AdministrativeState Administrative(uint flags) =>
        (flags & Darwin.IFF_UP) != 0 ? AdministrativeState.Up : AdministrativeState.Down;

    /// <summary>What the interface does: by its medium where it has one, since RUNNING stays set on a port without a cable.</summary>
    internal static OperationalState Operational(uint flags, InterfaceMedia? media)
    {
        if ((flags & Darwin.IFF_UP) == 0)
        {
            return OperationalState.Down;
        }

        if (media is { } medium && (medium.Status & Darwin.IFM_AVALID) != 0)
        {
            return (medium.Status & Darwin.IFM_ACTIVE) != 0 ? OperationalState.Up : OperationalState.Down;
        }

        return (flags & Darwin.IFF_RUNNING) != 0 ? OperationalState.Up : OperationalState.Unknown;
    }
}
