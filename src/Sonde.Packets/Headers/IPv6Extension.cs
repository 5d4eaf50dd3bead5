namespace Sonde.Packets.Headers;

/// <summary>One extension header of an IPv6 packet.</summary>
public readonly ref struct IPv6Extension
{
    internal IPv6Extension(IPProtocol protocol, ReadOnlySpan<byte> bytes)
    {
        Protocol = protocol;
        Bytes = bytes;
    }

    /// <summary>Which one it is.</summary>
    public IPProtocol Protocol { get; }

    /// <summary>The whole header: its first byte says what follows.</summary>
    public ReadOnlySpan<byte> Bytes { get; }
}
