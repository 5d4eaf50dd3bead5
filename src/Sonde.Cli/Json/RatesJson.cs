using Sonde.Host.Interfaces;

namespace Sonde.Cli.Json;

/// <summary>What an interface moved per second, as JSON.</summary>
internal sealed class RatesJson(InterfaceRates source)
{
    public double ElapsedSeconds { get; } = Math.Round(source.Elapsed.TotalSeconds, 6);

    public double RxBytesPerSecond { get; } = Math.Round(source.ReceivedBytesPerSecond, 3);

    public double RxPacketsPerSecond { get; } = Math.Round(source.ReceivedPacketsPerSecond, 3);

    public double TxBytesPerSecond { get; } = Math.Round(source.SentBytesPerSecond, 3);

    public double TxPacketsPerSecond { get; } = Math.Round(source.SentPacketsPerSecond, 3);

    public double ErrorsPerSecond { get; } = Math.Round(source.ErrorsPerSecond, 3);

    public double DropsPerSecond { get; } = Math.Round(source.DropsPerSecond, 3);
}
