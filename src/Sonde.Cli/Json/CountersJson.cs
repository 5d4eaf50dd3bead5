using System.Text.Json.Serialization;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>An interface's counters as JSON.</summary>
internal sealed class CountersJson
{
    internal CountersJson(InterfaceCounters source)
    {
        RxBytes = source.ReceivedBytes;
        RxPackets = source.ReceivedPackets;
        RxErrors = source.ReceiveErrors;
        RxDropped = source.ReceiveDrops;
        TxBytes = source.SentBytes;
        TxPackets = source.SentPackets;
        TxErrors = source.SendErrors;
        (TxDropped, TxDroppedReason) = (JsonReading.ValueOf(source.SendDrops), JsonReading.ReasonOf(source.SendDrops));
        (RxMulticast, RxMulticastReason) = (JsonReading.ValueOf(source.ReceivedMulticast), JsonReading.ReasonOf(source.ReceivedMulticast));
        (Collisions, CollisionsReason) = (JsonReading.ValueOf(source.Collisions), JsonReading.ReasonOf(source.Collisions));
    }

    public ulong RxBytes { get; }

    public ulong RxPackets { get; }

    public ulong RxErrors { get; }

    public ulong RxDropped { get; }

    public ulong? RxMulticast { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RxMulticastReason { get; }

    public ulong TxBytes { get; }

    public ulong TxPackets { get; }

    public ulong TxErrors { get; }

    public ulong? TxDropped { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TxDroppedReason { get; }

    public ulong? Collisions { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CollisionsReason { get; }
}
