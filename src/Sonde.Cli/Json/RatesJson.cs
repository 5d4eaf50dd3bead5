using Sonde.Cli.Output;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>What an interface moved per second, as JSON.</summary>
internal static class RatesJson
{
    internal static void Write(JsonText json, InterfaceRates rates)
    {
        json.BeginObject();
        json.Property("elapsed_seconds"u8, Math.Round(rates.Elapsed.TotalSeconds, 6));
        json.Property("rx_bytes_per_second"u8, Math.Round(rates.ReceivedBytesPerSecond, 3));
        json.Property("rx_packets_per_second"u8, Math.Round(rates.ReceivedPacketsPerSecond, 3));
        json.Property("tx_bytes_per_second"u8, Math.Round(rates.SentBytesPerSecond, 3));
        json.Property("tx_packets_per_second"u8, Math.Round(rates.SentPacketsPerSecond, 3));
        json.Property("errors_per_second"u8, Math.Round(rates.ErrorsPerSecond, 3));
        json.Property("drops_per_second"u8, Math.Round(rates.DropsPerSecond, 3));
        json.EndObject();
    }
}
