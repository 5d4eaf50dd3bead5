using Sonde.Packets;

namespace Sonde.Traffic.Sources;

/// <summary>What tells one flow from all others of this host.</summary>
/// <param name="Key">Protocol and endpoints, this host's first.</param>
/// <param name="NetworkNamespace">The kernel's cookie of the network namespace: containers may use the same addresses. 0 where a source does not know it.</param>
/// <param name="Socket">The kernel's cookie of the socket, where several may have the same endpoints (UDP). 0 for TCP, whose handshake is the listener's and whose data is not.</param>
internal readonly record struct FlowIdentity(FlowKey Key, ulong NetworkNamespace, ulong Socket = 0)
{
    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, NetworkNamespace, Socket);
}
