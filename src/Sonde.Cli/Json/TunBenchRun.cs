namespace Sonde.Cli.Json;

/// <summary>What `sonde tun bench` measured of one mode.</summary>
internal sealed record TunBenchRun(
    string Mode,
    string Granted,
    double ReceiveNanosecondsPerPacket,
    double ReceiveBitsPerSecond,
    double SendNanosecondsPerPacket,
    double SendBitsPerSecond,
    double PacketsPerCall,
    double AllocatedBytesPerPacket);
