using System.Buffers.Binary;
using System.Text;
using Sonde.Packets;
using Sonde.Packets.Applications;
using Sonde.Packets.Headers;
using Sonde.Traffic.Dns;
using Sonde.Traffic.Tests.Wire;

namespace Sonde.Traffic.Tests.Dns;

/// <summary>Messages that a test makes up, and what the observatory tells of them.</summary>
internal sealed class TestDns : IDnsSink
{
    internal const string Client = "10.0.0.1";
    internal const string Resolver = "10.0.0.53";
    internal const string MulticastGroup = "224.0.0.251";
    internal const string LinkLocalGroup = "224.0.0.252";
    internal const int Port = 40_000;
    internal const int Millisecond = 1_000_000;
    internal const int NameError = 3;

    internal TestDns(DnsOptions? options = null) => Observatory = new DnsObservatory(options ?? new DnsOptions(), this);

    internal DnsObservatory Observatory { get; }

    internal List<DnsExchange> Told { get; } = [];

    internal List<(string Address, string Name, int TimeToLive)> Names { get; } = [];

    public bool WantsExchanges => true;

    internal DnsExchange Only => Assert.Single(Told);

    internal DnsResolverStatistics OnlyResolver => Assert.Single(Observatory.Statistics.Resolvers);

    public void Ask(in DnsEnvelope question)
    {
    }

    public void Tell(DnsExchange exchange) => Told.Add(exchange);

    public void Name(InternetAddress address, ReadOnlySpan<char> name, int timeToLiveSeconds, in DnsEnvelope answer) =>
        Names.Add((address.ToString(), name.ToString(), timeToLiveSeconds));

    internal long Loss(string part) => Assert.Single(Observatory.Statistics.Losses, loss => loss.What.Contains(part, StringComparison.Ordinal)).Count;

    /// <summary>A packet passes at a time in milliseconds.</summary>
    internal TestDns Pass(double milliseconds, byte[] packet, int interfaceIndex = 2)
    {
        Observatory.Add(LinkType.Raw, packet, packet.Length, (long)(milliseconds * Millisecond), interfaceIndex);
        return this;
    }

    /// <summary>The question for a name, from the client.</summary>
    internal static byte[] Ask(ushort id, string name, DnsRecordType type = DnsRecordType.A, string from = Client, int fromPort = Port, string to = Resolver, int toPort = 53) =>
        Udp(from, fromPort, to, toPort, Message(id, 0x0100, [Question(name, type)], []));

    /// <summary>The answer of the resolver, with an address for the name.</summary>
    internal static byte[] Answer(ushort id, string name, string address = "192.0.2.7", int code = 0, string from = Resolver, int fromPort = 53, string to = Client, int toPort = Port, int flags = 0) =>
        Udp(from, fromPort, to, toPort, Message(id, 0x8180 | code | flags, [Question(name, DnsRecordType.A)], code == 0 && flags == 0 ? [Record(name, DnsRecordType.A, 300, Address(address))] : []));

    internal static byte[] Message(ushort id, int flags, byte[][] questions, byte[][] answers, byte[][]? additional = null)
    {
        var message = new List<byte>();
        foreach (int value in (ReadOnlySpan<int>)[id, flags, questions.Length, answers.Length, 0, additional?.Length ?? 0])
        {
            message.Add((byte)(value >> 8));
            message.Add((byte)value);
        }

        foreach (byte[] part in questions.Concat(answers).Concat(additional ?? []))
        {
            message.AddRange(part);
        }

        return [.. message];
    }

    internal static byte[] Name(string name) => [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(static label => Encoding.Latin1.GetBytes(label).Prepend((byte)label.Length)), 0];

    internal static byte[] Question(string name, DnsRecordType type) => [.. Name(name), (byte)((int)type >> 8), (byte)type, 0, 1];

    internal static byte[] Record(string name, DnsRecordType type, int timeToLive, byte[] data)
    {
        byte[] head = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)type);
        head[3] = 1;
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), timeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(8), (ushort)data.Length);
        return [.. Name(name), .. head, .. data];
    }

    internal static byte[] Address(string address)
    {
        byte[] bytes = new byte[4];
        Assert.True(InternetAddress.Parse(address).TryGetIPv4(out uint value));
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    internal static byte[] Udp(string from, int fromPort, string to, int toPort, byte[] payload)
    {
        byte[] packet = TestPackets.IPv4(IPProtocol.Udp, from, to, 8 + payload.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), (ushort)fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), (ushort)toPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(8 + payload.Length));
        payload.CopyTo(packet, 28);
        return packet;
    }

    internal static byte[] Tcp(string from, int fromPort, string to, int toPort, uint sequence, ReadOnlySpan<byte> payload, TcpFlags flags = TcpFlags.Ack)
    {
        byte[] packet = TestPackets.Tcp(from, fromPort, to, toPort, payload.Length, flags);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(24), sequence);
        payload.CopyTo(packet.AsSpan(40));
        return packet;
    }

    /// <summary>A message with its length before it.</summary>
    internal static byte[] Framed(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];
}
