using System.Buffers.Binary;

namespace Sonde.Host.Tests.Processes.Events;

/// <summary>Messages of the process connector, byte by byte as Linux 6.18 sent them on x64.</summary>
internal static class ConnectorBytes
{
    internal const uint Fork = 1;
    internal const uint Exec = 2;
    internal const uint Uid = 4;
    internal const uint Comm = 0x200;
    internal const uint Exit = 0x80000000;

    /// <summary>A datagram: netlink header, connector header, event of 40 bytes.</summary>
    internal static byte[] Datagram(uint what, uint processor, uint sequence, ulong timestamp, params int[] values)
    {
        byte[] bytes = new byte[76];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 76); // nlmsg_len
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), 3); // NLMSG_DONE
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), 1); // CN_IDX_PROC
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), 1); // CN_VAL_PROC
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), sequence);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(32), 40);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(36), what);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(40), processor);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(44), timestamp);
        for (int at = 0; at < values.Length; at++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(52 + (at * 4)), values[at]);
        }

        return bytes;
    }

    /// <summary>What follows the netlink header.</summary>
    internal static byte[] Payload(uint what, params int[] values) => Datagram(what, 1, 7, 123_456_789, values)[16..];
}
