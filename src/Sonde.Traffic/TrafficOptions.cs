using Sonde.Traffic.Names;

namespace Sonde.Traffic;

/// <summary>What a <see cref="TrafficMonitor"/> counts, how, and within which bounds.</summary>
public sealed record TrafficOptions
{
    /// <summary>Which rung to use; <see cref="TrafficBackend.Automatic"/> takes the best that works, any other one that or none.</summary>
    public TrafficBackend Backend { get; init; }

    /// <summary>Only traffic over the interface of this name; null for all, loopback included.</summary>
    public string? Interface { get; init; }

    /// <summary>How often rates are made, and a snapshot is sent to those who read the stream.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many flows are kept, closed ones included; the ones silent for longest make room.</summary>
    public int MaxFlows { get; init; } = 65_536;

    /// <summary>How many processes are kept; those that ended and are silent for longest make room.</summary>
    public int MaxProcesses { get; init; } = 16_384;

    /// <summary>How many flows may be new or active between two readings of the kernel; what is beyond is counted without its flow.</summary>
    public int MaxKernelFlows { get; init; } = 32_768;

    /// <summary>How many sockets the kernel remembers the users of.</summary>
    public int MaxKernelOwners { get; init; } = 65_536;

    /// <summary>How long a closed connection stays in snapshots.</summary>
    public TimeSpan KeepClosed { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a flow of a protocol without connections may be silent before it counts as closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether the system is asked for states, round-trip times and retransmits of TCP connections each interval; it costs about a millisecond for a thousand sockets.</summary>
    public bool MeasureTcp { get; init; }

    /// <summary>Whether snapshots carry the history of each process and connection.</summary>
    public bool WithHistory { get; init; }

    /// <summary>How many bytes each buffer for captured packets has; 0 takes what fits the purpose.</summary>
    public int CaptureBufferBytes { get; init; }

    /// <summary>Whether the names of remote ends are noted that DNS, TLS and QUIC tell while the monitor runs. Nothing is asked; it takes the right to capture packets, and without that a gap says so.</summary>
    public bool HearNames { get; init; }

    /// <summary>How names of remote ends are asked for that nobody told; null, as it is unless it is said, to ask nothing. Snapshots never wait for answers.</summary>
    public ReverseDnsOptions? ReverseDns { get; init; }

    /// <summary>The clock that measures and dates.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
