namespace Sonde.Packets;

/// <summary>What the packets of one conversation have in common, seen from this host: the key of flow and socket tables.</summary>
/// <param name="Protocol">TCP, UDP or another.</param>
/// <param name="Local">This host's end; of forwarded packets, whichever end the caller takes for it.</param>
/// <param name="Remote">The other end.</param>
public readonly record struct FlowKey(IPProtocol Protocol, FlowEndpoint Local, FlowEndpoint Remote)
{
    /// <summary>The key as the other end would have it.</summary>
    public FlowKey Reverse() => new(Protocol, Remote, Local);

    /// <summary>The same key for both directions, where nobody knows which end is local: the smaller endpoint stands as <see cref="Local"/>.</summary>
    public FlowKey Normalize() => Remote < Local ? Reverse() : this;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Protocol, Local.Address, Local.Port, Remote.Address, Remote.Port);

    /// <summary>"Tcp 10.0.0.1:443 - 10.0.0.2:5000".</summary>
    public override string ToString() => $"{Protocol} {Local} - {Remote}";
}
