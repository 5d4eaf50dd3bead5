using System.Buffers;
using System.Buffers.Binary;
using Sonde.Packets;

namespace Sonde.Traffic.Dns;

/// <summary>One direction of a TCP connection: cuts its bytes into messages, each of which has its length before it (RFC 7766).</summary>
internal sealed class DnsStream
{
    private const int LengthSize = 2;
    private byte[] _held = [];
    private int _heldLength;

    internal FlowKey Key { get; set; }

    internal DnsStream? Newer { get; set; }

    internal DnsStream? Older { get; set; }

    /// <summary>The number of the byte that comes next.</summary>
    internal uint Expected { get; private set; }

    /// <summary>Whether <see cref="Expected"/> is known to be where a message begins, or goes on.</summary>
    internal bool IsInStep { get; private set; }

    /// <summary>How many bytes it keeps.</summary>
    internal int BufferSize => _held.Length;

    /// <summary>The connection begins.</summary>
    internal void Begin(uint firstByte)
    {
        Free();
        Expected = firstByte;
        IsInStep = true;
    }

    /// <summary>Something is missing: it goes on where a message is seen to begin.</summary>
    internal void LoseStep()
    {
        Free();
        IsInStep = false;
    }

    /// <summary>A segment from which on it goes on.</summary>
    internal void GoOnAt(uint sequence)
    {
        Expected = sequence;
        IsInStep = true;
    }

    /// <summary>Takes the next bytes.</summary>
    /// <returns>What there is to cut messages from: the bytes themselves, or those that were held with them.</returns>
    internal ReadOnlySpan<byte> Take(ReadOnlySpan<byte> bytes)
    {
        Expected = unchecked(Expected + (uint)bytes.Length);
        if (_heldLength == 0)
        {
            return bytes;
        }

        Hold(bytes, _heldLength);
        return _held.AsSpan(0, _heldLength);
    }

    /// <summary>Keeps what is not a whole message yet.</summary>
    internal void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            Free();
            return;
        }

        // What is kept may lie in the buffer itself: it is moved to its front.
        if (_held.Length > 0 && rest.Overlaps(_held))
        {
            rest.CopyTo(_held);
            _heldLength = rest.Length;
            return;
        }

        Hold(rest, 0);
    }

    /// <summary>The first whole message.</summary>
    internal static bool TryCut(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (bytes.Length < LengthSize)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length - LengthSize < length)
        {
            return false;
        }

        message = bytes.Slice(LengthSize, length);
        bytes = bytes[(LengthSize + length)..];
        return true;
    }

    /// <summary>Gives the buffer back.</summary>
    internal void Free()
    {
        if (_held.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_held);
        }

        _held = [];
        _heldLength = 0;
    }

    private void Hold(ReadOnlySpan<byte> bytes, int at)
    {
        int needed = at + bytes.Length;
        if (needed > _held.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(needed);
            _held.AsSpan(0, at).CopyTo(larger);
            int length = at;
            Free();
            _held = larger;
            _heldLength = length;
        }

        bytes.CopyTo(_held.AsSpan(at));
        _heldLength = needed;
    }
}
