namespace Sonde.Packets.Headers;

/// <summary>One chunk of an SCTP packet.</summary>
public readonly ref struct SctpChunk
{
    internal SctpChunk(byte type, byte flags, int length, ReadOnlySpan<byte> data)
    {
        Type = type;
        Flags = flags;
        Length = length;
        Data = data;
    }

    /// <summary>What it is: 0 is data, 1 opens an association, 3 acknowledges.</summary>
    public byte Type { get; }

    /// <summary>Bits whose meaning depends on <see cref="Type"/>.</summary>
    public byte Flags { get; }

    /// <summary>Its length as declared, its four bytes of header included and padding not.</summary>
    public int Length { get; }

    /// <summary>What follows its header, as captured.</summary>
    public ReadOnlySpan<byte> Data { get; }
}
