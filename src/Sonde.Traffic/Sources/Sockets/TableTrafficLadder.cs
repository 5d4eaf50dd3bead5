namespace Sonde.Traffic.Sources.Sockets;

/// <summary>Systems whose counting is not built: the bare table says who talks to whom.</summary>
internal sealed class TableTrafficLadder : TrafficLadder
{
    internal override IReadOnlyList<TrafficRung> Rungs { get; } = [new SocketTrafficRung(TrafficBackend.Tables, null)];
}
