using System.Buffers.Binary;
using Sonde.Interop.Windows.Etw;
using Sonde.Packets;

namespace Sonde.Traffic.Sources.Windows;

/// <summary>An event of Microsoft-Windows-Kernel-Network, taken out of its payload.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Pid">Whose socket it is; 0 when the kernel does not say.</param>
/// <param name="Bytes">How many bytes of payload.</param>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="Source">What the event calls its source.</param>
/// <param name="Destination">What it calls its destination.</param>
internal readonly record struct KernelNetworkEvent(KernelNetworkKind Kind, int Pid, uint Bytes, IPProtocol Protocol, FlowEndpoint Source, FlowEndpoint Destination)
{
    // Ids of IPv4; those of IPv6 are 16 above them.
    private const int ToIPv6 = 16;

    /// <summary>Whether an event is one of those that count. Retransmits (14) are the same bytes again, copies (18) were told as received, and failures (17, 49) have no ends.</summary>
    internal static bool IsOne(in EtwRecord record) => record.Provider == EtwProvider.KernelNetwork.Id && KindOf(record.Id, out _, out _) != KernelNetworkKind.Other;

    /// <summary>Takes an event apart; what stands behind the ports is not looked at, so newer forms that add to it are read too.</summary>
    /// <returns><see langword="false"/> for an event that does not count, or whose payload is too short; never throws.</returns>
    internal static bool TryParse(in EtwRecord record, out KernelNetworkEvent read)
    {
        read = default;
        KernelNetworkKind kind = KindOf(record.Id, out IPProtocol protocol, out bool isIPv6);
        if (record.Provider != EtwProvider.KernelNetwork.Id || kind == KernelNetworkKind.Other)
        {
            return false;
        }

        var payload = new EtwPayload(record.Payload);
        uint pid = payload.ReadUInt32();
        uint bytes = payload.ReadUInt32();
        int width = isIPv6 ? 16 : 4;
        ReadOnlySpan<byte> destination = payload.ReadBytes(width);
        ReadOnlySpan<byte> source = payload.ReadBytes(width);
        ushort destinationPort = BinaryPrimitives.ReverseEndianness(payload.ReadUInt16());
        ushort sourcePort = BinaryPrimitives.ReverseEndianness(payload.ReadUInt16());
        if (payload.IsCut)
        {
            return false;
        }

        read = new KernelNetworkEvent(
            kind,
            pid <= int.MaxValue ? (int)pid : 0,
            bytes,
            protocol,
            new FlowEndpoint(AddressOf(source), sourcePort),
            new FlowEndpoint(AddressOf(destination), destinationPort));
        return true;
    }

    private static InternetAddress AddressOf(ReadOnlySpan<byte> bytes) => bytes.Length == 4 ? InternetAddress.ReadIPv4(bytes) : InternetAddress.ReadIPv6(bytes);

    private static KernelNetworkKind KindOf(int id, out IPProtocol protocol, out bool isIPv6)
    {
        isIPv6 = id is (>= 26 and <= 34) or (>= 58 and <= 65);
        int form = isIPv6 ? id - ToIPv6 : id;
        protocol = form >= 42 ? IPProtocol.Udp : IPProtocol.Tcp;
        return form switch
        {
            10 or 42 => KernelNetworkKind.Sent,
            11 or 43 => KernelNetworkKind.Received,
            12 => KernelNetworkKind.Connected,
            13 => KernelNetworkKind.Disconnected,
            15 => KernelNetworkKind.Accepted,
            _ => KernelNetworkKind.Other,
        };
    }
}
