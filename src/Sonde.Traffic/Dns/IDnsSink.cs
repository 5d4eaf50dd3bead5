using Sonde.Packets;

namespace Sonde.Traffic.Dns;

/// <summary>Takes what the observatory finds, while the message is at hand.</summary>
internal interface IDnsSink
{
    /// <summary>Whether exchanges are wanted: each allocates.</summary>
    public bool WantsExchanges { get; }

    /// <summary>A question was asked, or asked again.</summary>
    public void Ask(in DnsEnvelope question);

    /// <summary>A question has its end.</summary>
    public void Tell(DnsExchange exchange);

    /// <summary>An address was told for a name that was asked for, or that its host announces.</summary>
    /// <param name="address">The address.</param>
    /// <param name="name">The name, as it was asked for.</param>
    /// <param name="timeToLiveSeconds">For how long that holds.</param>
    /// <param name="answer">The message that told it.</param>
    public void Name(InternetAddress address, ReadOnlySpan<char> name, int timeToLiveSeconds, in DnsEnvelope answer);
}
