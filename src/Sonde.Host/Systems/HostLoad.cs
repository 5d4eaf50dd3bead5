namespace Sonde.Host.Systems;

/// <summary>How busy a host is; rates are those since the reading before.</summary>
public sealed record HostLoad
{
    /// <summary>How long the host has been up.</summary>
    public Reading<TimeSpan> Uptime { get; init; }

    /// <summary>How busy the processors are, from 0 to 100 for all of them together.</summary>
    public Reading<double> ProcessorPercent { get; init; }

    /// <summary>How many threads want a processor, those that have one included on Linux and left out on Windows.</summary>
    public Reading<long> ProcessorQueue { get; init; }

    /// <summary>The load of the last minute, five and fifteen, as Unix counts it.</summary>
    public Reading<IReadOnlyList<double>> LoadAverages { get; init; }

    /// <summary>How many processes there are.</summary>
    public Reading<long> Processes { get; init; }

    /// <summary>How many threads there are.</summary>
    public Reading<long> Threads { get; init; }

    /// <summary>How often a processor went over to another thread.</summary>
    public Reading<double> ContextSwitchesPerSecond { get; init; }

    /// <summary>The memory that programs can have without anything being written away.</summary>
    public Reading<long> MemoryAvailableBytes { get; init; }

    /// <summary>The memory that was promised to programs.</summary>
    public Reading<long> CommittedBytes { get; init; }

    /// <summary>How much can be promised at most.</summary>
    public Reading<long> CommitLimitBytes { get; init; }

    /// <summary>How much of the swap space is used.</summary>
    public Reading<long> SwapUsedBytes { get; init; }

    /// <summary>Bytes that disks read, a second.</summary>
    public Reading<double> DiskReadBytesPerSecond { get; init; }

    /// <summary>Bytes that disks wrote, a second.</summary>
    public Reading<double> DiskWriteBytesPerSecond { get; init; }

    /// <summary>Bytes that network interfaces received, a second; without the loopback.</summary>
    public Reading<double> NetworkReceivedBytesPerSecond { get; init; }

    /// <summary>Bytes that network interfaces sent, a second; without the loopback.</summary>
    public Reading<double> NetworkSentBytesPerSecond { get; init; }
}
