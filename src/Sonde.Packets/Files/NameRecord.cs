using System.Text;

namespace Sonde.Packets.Files;

/// <summary>One record of a name resolution block: an address and its names, on loan from the reader's buffer.</summary>
public readonly ref struct NameRecord
{
    internal NameRecord(ReadOnlySpan<byte> address, ReadOnlySpan<byte> names)
    {
        Address = address;
        Names = names;
    }

    /// <summary>The address in network byte order: 4 bytes for IPv4, 16 for IPv6.</summary>
    public ReadOnlySpan<byte> Address { get; }

    /// <summary>The names in UTF-8, each ended by a zero byte (the last one's may be missing).</summary>
    public ReadOnlySpan<byte> Names { get; }

    /// <summary>The first name, as text.</summary>
    public string FirstName => Encoding.UTF8.GetString(Names.IndexOf((byte)0) is var end and >= 0 ? Names[..end] : Names);
}
