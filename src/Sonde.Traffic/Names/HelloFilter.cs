namespace Sonde.Traffic.Names;

/// <summary>The filter that has the kernel hand over what begins a TLS or QUIC connection, on any port, and nothing else of it.</summary>
internal static class HelloFilter
{
    // A TLS record of the handshake (22, version 3.x) whose message is a client's hello (1), where a TCP payload begins.
    private const string Tls4 = "(tcp[(tcp[12] & 0xf0) >> 2] = 22 and tcp[((tcp[12] & 0xf0) >> 2) + 1] = 3 and tcp[((tcp[12] & 0xf0) >> 2) + 5] = 1)";
    private const string Tls6 = "(ip6[6] = 6 and ip6[((ip6[52] & 0xf0) >> 2) + 40] = 22 and ip6[((ip6[52] & 0xf0) >> 2) + 41] = 3 and ip6[((ip6[52] & 0xf0) >> 2) + 45] = 1)";

    // QUIC's long header with the type of an Initial packet: 0 in version 1 (RFC 9000, section 17.2), 1 in version 2 (RFC 9369, section 3.2).
    private const string Quic4 = "(udp[8] & 0xf0 = 0xc0 and udp[9:4] = 1) or (udp[8] & 0xf0 = 0xd0 and udp[9:4] = 0x6b3343cf)";
    private const string Quic6 = "(ip6[6] = 17 and ((ip6[48] & 0xf0 = 0xc0 and ip6[49:4] = 1) or (ip6[48] & 0xf0 = 0xd0 and ip6[49:4] = 0x6b3343cf)))";

    internal const string Text = $"{Tls4} or {Tls6} or {Quic4} or {Quic6}";
}
