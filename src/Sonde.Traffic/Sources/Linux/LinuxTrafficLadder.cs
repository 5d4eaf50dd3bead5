using System.Runtime.Versioning;
using Sonde.Host.Sockets;
using Sonde.Traffic.Sources.Sockets;
using Sonde.Traffic.Sources.Wire;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Linux: programs in the kernel, then packets, then TCP's own counters with notices of closed connections, then the bare table.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxTrafficLadder : TrafficLadder
{
    internal override IReadOnlyList<TrafficRung> Rungs { get; } =
    [
        new BpfTrafficRung(BpfTrafficSource.Open),
        new PacketTrafficRung(NamespaceCookie.Own),
        new SocketTrafficRung(TrafficBackend.Sockets, SocketClosings.Open),
        new SocketTrafficRung(TrafficBackend.Tables, null),
    ];
}
