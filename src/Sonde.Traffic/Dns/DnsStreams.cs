using System.Buffers.Binary;
using Sonde.Packets;
using Sonde.Packets.Applications;
using Sonde.Packets.Headers;

namespace Sonde.Traffic.Dns;

/// <summary>Puts DNS messages together that come in TCP segments; bounded in connections and bytes.</summary>
/// <remarks>Segments that come out of turn are not put back in turn: the message that they are part of is lost, and counted.</remarks>
internal sealed class DnsStreams(int capacity, int maxBytes)
{
    private readonly Dictionary<FlowKey, DnsStream> _all = [];
    private DnsStream? _newest;
    private DnsStream? _oldest;
    private DnsStream? _unused;
    private int _bytes;

    internal int Count => _all.Count;

    internal int Capacity => capacity;

    internal long Evicted { get; private set; }

    /// <summary>How often segments were missing, cut or out of turn.</summary>
    internal long Gaps { get; private set; }

    /// <summary>Takes a segment, and hands over the messages that are whole with it.</summary>
    internal void Add(in DnsEnvelope envelope, in TcpHeader segment, ReadOnlySpan<byte> payload, bool isCut, DnsMessageTaker take)
    {
        var key = new FlowKey(IPProtocol.Tcp, envelope.Source, envelope.Destination);
        bool begins = (segment.Flags & TcpFlags.Syn) != TcpFlags.None;
        if (!_all.TryGetValue(key, out DnsStream? stream))
        {
            if (!begins && payload.IsEmpty)
            {
                return;
            }

            stream = Open(key);
        }
        else if (stream != _newest)
        {
            Unlink(stream);
            Append(stream);
        }

        _bytes -= stream.BufferSize;
        uint sequence = segment.SequenceNumber;
        if (begins)
        {
            stream.Begin(unchecked(sequence + 1));
        }
        else if (!payload.IsEmpty)
        {
            Take(stream, sequence, payload, isCut, envelope, take);
        }

        _bytes += stream.BufferSize;
        if ((segment.Flags & (TcpFlags.Fin | TcpFlags.Rst)) != TcpFlags.None)
        {
            Close(stream);
        }

        while (_bytes > maxBytes && _oldest is { } oldest)
        {
            Evicted++;
            Close(oldest);
        }
    }

    private void Take(DnsStream stream, uint sequence, ReadOnlySpan<byte> payload, bool isCut, in DnsEnvelope envelope, DnsMessageTaker take)
    {
        if (stream.IsInStep)
        {
            int ahead = unchecked((int)(sequence - stream.Expected));
            if (ahead <= -payload.Length)
            {
                return; // all of it was there before
            }

            payload = ahead < 0 ? payload[-ahead..] : payload;
            if (ahead > 0)
            {
                Gaps++;
                stream.LoseStep();
            }
        }

        if (!stream.IsInStep)
        {
            if (!Begins(payload))
            {
                return;
            }

            stream.GoOnAt(sequence);
        }

        ReadOnlySpan<byte> rest = stream.Take(payload);
        while (DnsStream.TryCut(ref rest, out ReadOnlySpan<byte> message))
        {
            take(message, envelope);
        }

        stream.Keep(rest);
        if (isCut)
        {
            Gaps++;
            stream.LoseStep();
        }
    }

    // Whole messages, and nothing behind the last: a segment from the middle of one looks otherwise.
    private static bool Begins(ReadOnlySpan<byte> payload)
    {
        while (payload.Length >= 2 + DnsMessage.HeaderSize)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(payload);
            if (length < DnsMessage.HeaderSize || length > payload.Length - 2)
            {
                return false;
            }

            payload = payload[(2 + length)..];
            if (payload.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private DnsStream Open(in FlowKey key)
    {
        if (_all.Count >= capacity && _oldest is { } oldest)
        {
            Evicted++;
            Close(oldest);
        }

        DnsStream stream = _unused ?? new DnsStream();
        _unused = stream.Older;
        stream.Key = key;
        _all.Add(key, stream);
        Append(stream);
        return stream;
    }

    private void Close(DnsStream stream)
    {
        _bytes -= stream.BufferSize;
        stream.LoseStep();
        _all.Remove(stream.Key);
        Unlink(stream);
        stream.Newer = null;
        stream.Older = _unused;
        _unused = stream;
    }

    private void Append(DnsStream stream)
    {
        stream.Older = _newest;
        stream.Newer = null;
        _newest?.Newer = stream;
        _newest = stream;
        _oldest ??= stream;
    }

    private void Unlink(DnsStream stream)
    {
        stream.Newer?.Older = stream.Older;
        stream.Older?.Newer = stream.Newer;
        _newest = _newest == stream ? stream.Older : _newest;
        _oldest = _oldest == stream ? stream.Newer : _oldest;
    }
}
