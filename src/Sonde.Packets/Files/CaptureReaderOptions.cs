namespace Sonde.Packets.Files;

/// <summary>What a reader of capture files accepts: the bounds of its memory.</summary>
public sealed record CaptureReaderOptions
{
    /// <summary>The largest packet accepted, in bytes; larger ones are skipped and counted. The default is what other readers accept, too.</summary>
    public int MaximumPacketLength { get; init; } = 256 * 1024;

    /// <summary>The largest pcapng block accepted, in bytes; larger ones are skipped and counted.</summary>
    public int MaximumBlockLength { get; init; } = 16 * 1024 * 1024;

    /// <summary>The most interfaces remembered in one section; packets of further ones are skipped and counted.</summary>
    public int MaximumInterfaces { get; init; } = 4096;

    /// <summary>Whether disposing the reader leaves the stream open.</summary>
    public bool LeaveOpen { get; init; }
}
