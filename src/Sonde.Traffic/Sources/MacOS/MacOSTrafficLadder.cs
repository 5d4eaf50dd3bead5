using System.Runtime.Versioning;
using Sonde.Traffic.Sources.Sockets;
using Sonde.Traffic.Sources.Wire;

namespace Sonde.Traffic.Sources.MacOS;

/// <summary>macOS: packets, then the counters that the system keeps for its connections, then the bare table.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSTrafficLadder : TrafficLadder
{
    internal override IReadOnlyList<TrafficRung> Rungs { get; } =
    [
        new PacketTrafficRung(static () => 0, "root"),
        new SocketTrafficRung(TrafficBackend.Sockets, null),
        new SocketTrafficRung(TrafficBackend.Tables, null),
    ];
}
