using Sonde.Packets.Applications;

namespace Sonde.Traffic.Dns;

/// <summary>What counts as DNS, how long an answer may take, and how much is remembered.</summary>
public sealed record DnsOptions
{
    /// <summary>The ports of DNS itself; multicast DNS and LLMNR have their own.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [DnsMessage.Port];

    /// <summary>How long after it was last asked a question counts as not answered.</summary>
    /// <remarks>The resolver of the C library asks again after five seconds: with less than that, one question would be two.</remarks>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How many questions are remembered, those answered within the last <see cref="Timeout"/> included; the oldest make room.</summary>
    public int MaxQuestions { get; init; } = 4096;

    /// <summary>How many resolvers have statistics; those unused for longest make room.</summary>
    public int MaxResolvers { get; init; } = 512;

    /// <summary>How many directions of TCP connections are put together at a time; those silent for longest make room.</summary>
    public int MaxStreams { get; init; } = 512;

    /// <summary>How many bytes of messages that have not come whole over TCP are kept, in all.</summary>
    public int MaxStreamBytes { get; init; } = 4 << 20;

    /// <summary>Whether a port is one of DNS, multicast DNS or LLMNR.</summary>
    internal bool IsPort(int port) => port is DnsMessage.MulticastPort or DnsMessage.LinkLocalPort || Ports.Contains(port);
}
