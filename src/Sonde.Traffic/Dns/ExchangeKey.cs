using Sonde.Packets;

namespace Sonde.Traffic.Dns;

/// <summary>What an answer has in common with its question, as far as the protocol promises; the question itself is compared afterwards.</summary>
/// <param name="Kind">Which protocol.</param>
/// <param name="Transport">UDP or TCP.</param>
/// <param name="Client">Who asked; nobody for multicast DNS, which tells everybody.</param>
/// <param name="Server">Who was asked; nobody where a group is asked and a host answers.</param>
/// <param name="Id">The number of the message; 0 for multicast DNS, which does not use it.</param>
/// <param name="Question">For multicast DNS a hash of the question; otherwise 0.</param>
internal readonly record struct ExchangeKey(DnsKind Kind, IPProtocol Transport, FlowEndpoint Client, FlowEndpoint Server, ushort Id, int Question)
{
    /// <summary>The key of a question, or of the question that an answer is for.</summary>
    internal static ExchangeKey Of(DnsKind kind, IPProtocol transport, FlowEndpoint client, FlowEndpoint server, ushort id, int question) => kind switch
    {
        DnsKind.Multicast => new ExchangeKey(kind, transport, default, default, 0, question),
        DnsKind.LinkLocal => new ExchangeKey(kind, transport, client, default, id, 0),
        _ => new ExchangeKey(kind, transport, client, server, id, 0),
    };

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine((int)Kind, (int)Transport, Client.Address, Client.Port, Server.Address, Server.Port, Id, Question);
}
