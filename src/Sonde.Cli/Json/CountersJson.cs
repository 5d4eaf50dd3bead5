using Sonde.Cli.Output;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>The counters of an interface as JSON.</summary>
internal static class CountersJson
{
    internal static void Write(JsonText json, InterfaceCounters counters)
    {
        json.BeginObject();
        json.Property("rx_bytes"u8, counters.ReceivedBytes);
        json.Property("rx_packets"u8, counters.ReceivedPackets);
        json.Property("rx_errors"u8, counters.ReceiveErrors);
        json.Property("rx_dropped"u8, counters.ReceiveDrops);
        json.Property("rx_multicast"u8, counters.ReceivedMulticast);
        json.Property("tx_bytes"u8, counters.SentBytes);
        json.Property("tx_packets"u8, counters.SentPackets);
        json.Property("tx_errors"u8, counters.SendErrors);
        json.Property("tx_dropped"u8, counters.SendDrops);
        json.Property("collisions"u8, counters.Collisions);
        json.EndObject();
    }
}
