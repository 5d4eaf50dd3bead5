namespace Sonde.Packets.Headers;

/// <summary>One option of an IPv4 or TCP header.</summary>
public readonly ref struct HeaderOption
{
    internal HeaderOption(byte kind, ReadOnlySpan<byte> data)
    {
        Kind = kind;
        Data = data;
    }

    /// <summary>What it is: the first byte.</summary>
    public byte Kind { get; }

    /// <summary>What follows its kind and length.</summary>
    public ReadOnlySpan<byte> Data { get; }
}
