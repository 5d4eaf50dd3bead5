using System.Net;

namespace Sonde.Traffic.Names;

/// <summary>How names of addresses are asked for, and within which bounds.</summary>
public sealed record ReverseDnsOptions
{
    /// <summary>The name servers to ask, in this order; null for those that this host is configured with.</summary>
    public IReadOnlyList<IPEndPoint>? Servers { get; init; }

    /// <summary>Whether the host's own list of names (/etc/hosts) is read first; what it has is not asked for.</summary>
    public bool ReadHosts { get; init; } = true;

    /// <summary>How many addresses may wait to be asked about; what is beyond is dropped, counted, and may come again later.</summary>
    public int MaxWaiting { get; init; } = 1024;

    /// <summary>How many questions may be without an answer at a time.</summary>
    public int MaxInFlight { get; init; } = 32;

    /// <summary>How many questions are sent a second at most.</summary>
    public int MaxPerSecond { get; init; } = 100;

    /// <summary>How long an answer may take before the next server is asked.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many addresses are remembered, with a name or without; those first asked about make room.</summary>
    public int MaxAddresses { get; init; } = 8192;
}
