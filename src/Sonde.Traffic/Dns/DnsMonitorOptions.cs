namespace Sonde.Traffic.Dns;

/// <summary>What a <see cref="DnsMonitor"/> watches, and within which bounds.</summary>
public sealed record DnsMonitorOptions
{
    /// <summary>What counts as DNS, and how much is remembered.</summary>
    public DnsOptions Dns { get; init; } = new();

    /// <summary>Only what crosses the interface of this name; null for all, loopback included.</summary>
    public string? Interface { get; init; }

    /// <summary>Whether the processes that ask are looked for.</summary>
    public bool FindProcesses { get; init; } = true;

    /// <summary>How many exchanges wait for a reader; the oldest make room, and are counted.</summary>
    public int MaxUnread { get; init; } = 65_536;

    /// <summary>How many bytes the buffer for captured packets has; the default bridges more than two seconds without a processor, however few packets come.</summary>
    public int CaptureBufferBytes { get; init; } = 16 << 20;

    /// <summary>The clock that says when nobody answers any more.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
