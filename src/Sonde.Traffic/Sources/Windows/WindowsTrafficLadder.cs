using System.Runtime.Versioning;
using Sonde.Traffic.Sources.Sockets;
using Sonde.Traffic.Sources.Wire;

namespace Sonde.Traffic.Sources.Windows;

/// <summary>Windows: the kernel's trace, then packets, then the bare table.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsTrafficLadder : TrafficLadder
{
    internal override IReadOnlyList<TrafficRung> Rungs { get; } =
    [
        new TraceTrafficRung(),
        new PacketTrafficRung(static () => 0, "Administrator"),
        new SocketTrafficRung(TrafficBackend.Tables, null),
    ];
}
