using System.Text;

namespace Sonde.Packets.Files;

/// <summary>One option of a pcapng block, on loan from the reader's buffer.</summary>
public readonly ref struct PcapNgOption
{
    internal PcapNgOption(ushort code, ReadOnlySpan<byte> value)
    {
        Code = code;
        Value = value;
    }

    /// <summary>What the option says; the meaning of most codes depends on the block.</summary>
    public ushort Code { get; }

    /// <summary>The option's bytes, without padding, in the byte order of its section.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The value as text: UTF-8, with U+FFFD for what is none.</summary>
    public string Text => Encoding.UTF8.GetString(Value);
}
