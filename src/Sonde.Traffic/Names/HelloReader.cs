using Sonde.Packets;
using Sonde.Packets.Applications;

namespace Sonde.Traffic.Names;

/// <summary>Reads which server each client asks for as its TLS or QUIC connection begins. Nothing of a payload is kept but that name.</summary>
/// <remarks>
/// One thread at a time. Bounded whatever the packets say: a hello over several TCP segments is read as far as its first goes, one over several QUIC datagrams
/// is put together for so many connections at a time, and so many datagrams a second are decrypted. What that leaves out is counted.
/// </remarks>
internal sealed class HelloReader(HelloTable names, TimeProvider time)
{
    // A hello that was not whole after these will not be.
    private const int MostDatagrams = 4;
    private const int MostUnfinished = 64;

    // To derive keys and decrypt takes about 30 µs: one percent of a processor.
    private const int MostDecryptedASecond = 300;
    private const byte TlsHandshake = 22;

    private readonly Dictionary<FlowKey, QuicClientHello> _unfinished = [];
    private readonly Queue<FlowKey> _order = new();
    private long _second;
    private int _decrypted;
    private long _cut;
    private long _undecrypted;
    private long _tooMany;

    /// <summary>Adds what was left out since the start.</summary>
    internal void Report(ICollection<TrafficLoss> losses)
    {
        losses.Add(new TrafficLoss("hellos of TLS and QUIC whose name may be in a part that was not seen", Interlocked.Read(ref _cut)));
        losses.Add(new TrafficLoss("datagrams that begin like QUIC and do not decrypt", Interlocked.Read(ref _undecrypted)));
        losses.Add(new TrafficLoss("hellos of QUIC beyond 300 a second", Interlocked.Read(ref _tooMany)));
    }

    /// <summary>Reads a frame; one that is no hello is passed over, without allocating.</summary>
    /// <returns>Whether it began a TLS or QUIC connection.</returns>
    internal bool TryAdd(LinkType link, ReadOnlySpan<byte> frame, int wireLength)
    {
        if (!PacketSummary.TryRead(link, frame, wireLength, out PacketSummary packet) || packet.IsLaterFragment || packet.Depth < PacketDepth.Transport)
        {
            return false;
        }

        ReadOnlySpan<byte> payload = packet.PayloadOf(frame);
        if (packet.Protocol == IPProtocol.Tcp)
        {
            if (payload.Length < 6 || payload[0] != TlsHandshake || payload[1] != 3 || payload[5] != 1)
            {
                return false;
            }

            AddTls(packet.ToFlowKey(sourceIsLocal: true), payload);
            return true;
        }

        if (packet.Protocol != IPProtocol.Udp || payload.Length < 6 || payload[0] < 0xC0 || !QuicInitial.IsCandidate(payload))
        {
            return false;
        }

        AddQuic(packet.ToFlowKey(sourceIsLocal: true), payload);
        return true;
    }

    private void AddTls(in FlowKey client, ReadOnlySpan<byte> payload)
    {
        if (!TlsClientHello.TryParse(payload, out TlsClientHello hello, out _))
        {
            _cut++;
            return;
        }

        if (hello.ServerName.IsEmpty)
        {
            _cut += hello.IsComplete ? 0 : 1;
        }
        else if (!names.Holds(client, hello.ServerName))
        {
            names.Add(client, hello.GetServerName()); // of visible characters of ASCII, 255 at most
        }
    }

    private void AddQuic(in FlowKey client, ReadOnlySpan<byte> payload)
    {
        // The server's answers look the same, and only the client's can be read; what is sent again says nothing new.
        if (_unfinished.ContainsKey(client.Reverse()) || names.HeardLately(client.Reverse()) || names.HeardLately(client))
        {
            return;
        }

        _unfinished.TryGetValue(client, out QuicClientHello? hello);
        if (!MayDecrypt())
        {
            _tooMany++;
            return;
        }

        hello ??= new QuicClientHello();
        if (!hello.TryAdd(payload, out PacketDefect defect))
        {
            // After a retry the client begins anew, with other keys.
            if (defect == PacketDefect.Unsupported && (hello = new QuicClientHello()).TryAdd(payload, out defect))
            {
                _unfinished[client] = hello;
            }
            else
            {
                _undecrypted++;
                return;
            }
        }

        Settle(client, hello);
    }

    private void Settle(in FlowKey client, QuicClientHello hello)
    {
        if (hello.ServerName.Length > 0)
        {
            names.Add(client, hello.ServerName);
            _unfinished.Remove(client);
        }
        else if (hello.IsComplete || hello.DatagramCount >= MostDatagrams)
        {
            _cut += hello.IsComplete ? 0 : 1;
            _unfinished.Remove(client);
        }
        else if (_unfinished.TryAdd(client, hello))
        {
            _order.Enqueue(client);
            while (_order.Count > MostUnfinished)
            {
                _cut += _unfinished.Remove(_order.Dequeue()) ? 1 : 0;
            }
        }
    }

    private bool MayDecrypt()
    {
        long second = time.GetTimestamp() / time.TimestampFrequency;
        _decrypted = second == _second ? _decrypted + 1 : 1;
        _second = second;
        return _decrypted <= MostDecryptedASecond;
    }
}
