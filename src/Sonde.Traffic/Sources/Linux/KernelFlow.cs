using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sonde.Packets;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>An entry of the table of flows that <see cref="FlowProgram"/> fills: where its fields stand, and how it is read.</summary>
internal static class KernelFlow
{
    // Key.
    internal const int Cookie = 0;
    internal const int Local = 8;
    internal const int Remote = 24;
    internal const int LocalPort = 40;
    internal const int RemotePort = 42;
    internal const int Protocol = 44;
    internal const int NetworkNamespace = 48;
    internal const int KeySize = 56;
    internal const int ComparedSize = 48; // a socket never changes its namespace

    // Value: of each pair the received one stands first.
    internal const int Bytes = 0;
    internal const int Packets = 16;
    internal const int Units = 32;
    internal const int CountersSize = 48;
    internal const int InterfaceIndex = 48;
    internal const int Signs = 52;
    internal const int ValueSize = 56;

    /// <summary>Stands for the protocol of frames, which have none: the number that IANA keeps unused.</summary>
    internal const IPProtocol Frames = ConnectionTraffic.FramesProtocol;

    /// <summary>Reads an entry.</summary>
    internal static FlowCount Read(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var local = new FlowEndpoint(InternetAddress.ReadIPv6(key[Local..]), BinaryPrimitives.ReadUInt16BigEndian(key[LocalPort..]));
        var remote = new FlowEndpoint(InternetAddress.ReadIPv6(key[Remote..]), BinaryPrimitives.ReadUInt16BigEndian(key[RemotePort..]));
        var protocol = (IPProtocol)key[Protocol];
        ulong cookie = MemoryMarshal.Read<ulong>(key[Cookie..]);
        return new FlowCount(
            new FlowIdentity(new FlowKey(protocol, local, remote), MemoryMarshal.Read<ulong>(key[NetworkNamespace..]), protocol == IPProtocol.Tcp ? 0 : cookie),
            ReadCounters(value),
            cookie,
            MemoryMarshal.Read<int>(value[InterfaceIndex..]),
            (FlowSigns)MemoryMarshal.Read<int>(value[Signs..]));
    }

    /// <summary>Reads the counters with which a value begins.</summary>
    internal static TrafficCounters ReadCounters(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<long> counters = MemoryMarshal.Cast<byte, long>(value[..CountersSize]);
        return new TrafficCounters(counters[0], counters[1], counters[2], counters[3], counters[4], counters[5]);
    }
}
