namespace Sonde.Packets.Applications;

/// <summary>The hello of one QUIC client, put together from its first datagrams: one with keys that resist quantum computers takes two, and the name may be in either.</summary>
/// <remarks>One thread at a time. It keeps 64 KiB at most, whatever the datagrams say.</remarks>
public sealed class QuicClientHello
{
    private readonly QuicCryptoStream _stream = new();
    private byte[] _connection = [];
    private uint _version;

    /// <summary>How many datagrams gave a piece of it.</summary>
    public int DatagramCount { get; private set; }

    /// <summary>The name of the server (SNI); empty until its piece is there, or when it has none.</summary>
    public string ServerName { get; private set; } = string.Empty;

    /// <summary>Whether all of it is there.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Takes a datagram's part.</summary>
    /// <param name="datagram">The UDP payload, complete.</param>
    /// <param name="defect"><see cref="PacketDefect.Malformed"/> when it does not decrypt; <see cref="PacketDefect.Unsupported"/> when it is of another connection than the first.</param>
    /// <returns>Whether a packet of it could be decrypted; never throws.</returns>
    public bool TryAdd(ReadOnlySpan<byte> datagram, out PacketDefect defect)
    {
        if (!QuicInitial.TryParseHeader(datagram, out QuicInitial.QuicLongHeader first, out defect))
        {
            return false;
        }

        if (DatagramCount > 0 && (first.Version != _version || !first.Destination.SequenceEqual(_connection)))
        {
            defect = PacketDefect.Unsupported;
            return false;
        }

        if (QuicInitial.AddPackets(datagram, first, _stream, out defect) == 0)
        {
            return false;
        }

        if (DatagramCount++ == 0)
        {
            _version = first.Version;
            _connection = first.Destination.ToArray();
        }

        if (TlsClientHello.TryParseHandshake(_stream.Contiguous, out TlsClientHello hello, out _))
        {
            ServerName = hello.GetServerName();
            IsComplete = hello.IsComplete;
        }

        return true;
    }
}
