using System.Net;

namespace Sonde.Host.Interfaces.Windows;

/// <summary>An address of an adapter, with the system's numbers as they are (nldef.h, iptypes.h).</summary>
internal readonly record struct AdapterAddress(
    IPAddress Address,
    int PrefixLength,
    int PrefixOrigin,
    int SuffixOrigin,
    int DadState,
    uint ValidLifetime,
    uint PreferredLifetime);
