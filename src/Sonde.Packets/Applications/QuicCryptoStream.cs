namespace Sonde.Packets.Applications;

/// <summary>Puts the pieces of a TLS hello in order: clients send them shuffled, so that boxes on the path keep out.</summary>
internal sealed class QuicCryptoStream
{
    // A datagram cannot hold more; offsets beyond belong to later datagrams.
    private const int Capacity = 65536;
    private const int MaxFrames = 4096;

    private readonly List<(int Start, int End)> _pieces = [];
    private byte[] _bytes = [];
    private int _frames;

    /// <summary>The stream from its beginning to the first gap.</summary>
    public ReadOnlySpan<byte> Contiguous
    {
        get
        {
            int end = 0;
            _pieces.Sort();
            foreach ((int start, int pieceEnd) in _pieces)
            {
                if (start > end)
                {
                    break;
                }

                end = Math.Max(end, pieceEnd);
            }

            return _bytes.AsSpan(0, end);
        }
    }

    /// <summary>Takes the CRYPTO frames out of a decrypted packet.</summary>
    /// <returns><see langword="false"/> for a frame that no Initial packet may have (RFC 9000, section 12.4), or that is cut.</returns>
    public bool TryAddFrames(ReadOnlySpan<byte> payload)
    {
        int at = 0;
        while (at < payload.Length)
        {
            byte type = payload[at++];
            if (type is 0 or 1)
            {
                continue; // PADDING and PING are one byte each
            }

            bool read = ++_frames <= MaxFrames && type switch
            {
                2 or 3 => TrySkipAck(payload, ref at, withCongestion: type == 3),
                6 => TryAddCrypto(payload, ref at),
                0x1C => TrySkipClose(payload, ref at),
                _ => false,
            };
            if (!read)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TrySkipAck(ReadOnlySpan<byte> payload, ref int at, bool withCongestion)
    {
        if (!TrySkip(payload, ref at, 2) || !QuicVariableInteger.TryRead(payload, ref at, out ulong ranges) || ranges > (ulong)payload.Length)
        {
            return false;
        }

        return TrySkip(payload, ref at, 1 + (2 * (int)ranges) + (withCongestion ? 3 : 0));
    }

    private static bool TrySkipClose(ReadOnlySpan<byte> payload, ref int at)
    {
        if (!TrySkip(payload, ref at, 2) || !QuicVariableInteger.TryRead(payload, ref at, out ulong length) || length > (ulong)(payload.Length - at))
        {
            return false;
        }

        at += (int)length;
        return true;
    }

    private static bool TrySkip(ReadOnlySpan<byte> payload, ref int at, int integers)
    {
        for (; integers > 0; integers--)
        {
            if (!QuicVariableInteger.TryRead(payload, ref at, out _))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAddCrypto(ReadOnlySpan<byte> payload, ref int at)
    {
        if (!QuicVariableInteger.TryRead(payload, ref at, out ulong offset)
            || !QuicVariableInteger.TryRead(payload, ref at, out ulong length)
            || length > (ulong)(payload.Length - at))
        {
            return false;
        }

        ReadOnlySpan<byte> data = payload.Slice(at, (int)length);
        at += data.Length;
        if (offset + length > Capacity)
        {
            return true;
        }

        int end = (int)offset + data.Length;
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(end, Math.Min(2 * _bytes.Length, Capacity)));
        }

        data.CopyTo(_bytes.AsSpan((int)offset));
        _pieces.Add(((int)offset, end));
        return true;
    }
}
