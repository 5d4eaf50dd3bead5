namespace Sonde.Packets.Files;

/// <summary>A block of a pcapng file as it stands there, on loan from the reader's buffer.</summary>
public readonly ref struct PcapNgBlock
{
    /// <summary>What every block has around its body: type, length, and the length again.</summary>
    internal const int Overhead = 12;

    internal const int SmallestSectionHeader = 28;

    internal PcapNgBlock(PcapNgBlockType type, ReadOnlySpan<byte> body, bool isBigEndian, long offset)
    {
        Type = type;
        Body = body;
        IsBigEndian = isBigEndian;
        Offset = offset;
    }

    /// <summary>The kind of block.</summary>
    public PcapNgBlockType Type { get; }

    /// <summary>Everything between the block's two lengths.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Whether numbers in the body are big-endian.</summary>
    public bool IsBigEndian { get; }

    /// <summary>Where the block begins in the file.</summary>
    public long Offset { get; }

    /// <summary>Whether the block holds a packet.</summary>
    public bool IsPacket => Type is PcapNgBlockType.EnhancedPacket or PcapNgBlockType.SimplePacket or PcapNgBlockType.ObsoletePacket;

    /// <summary>The records of a name resolution block; none for any other block.</summary>
    public NameRecords Names => new(Type == PcapNgBlockType.NameResolution ? Body : default, IsBigEndian);

    /// <summary>The vendor's number (IANA's private enterprise numbers) of a custom block; null for any other block.</summary>
    public uint? Enterprise => Type is PcapNgBlockType.Custom or PcapNgBlockType.CustomNotCopied && Body.Length >= 4
        ? FileBytes.ReadUInt32(Body, IsBigEndian)
        : null;

    /// <summary>Reads a decryption secrets block.</summary>
    /// <param name="kind">What the secrets are: 0x544C534B is a TLS key log, 0x57474B4C a WireGuard one.</param>
    /// <param name="secrets">The secrets, on loan.</param>
    /// <returns><see langword="false"/> for any other block, and for one whose length lies.</returns>
    public bool TryGetSecrets(out uint kind, out ReadOnlySpan<byte> secrets)
    {
        kind = 0;
        secrets = default;
        if (Type != PcapNgBlockType.DecryptionSecrets || Body.Length < 8)
        {
            return false;
        }

        uint length = FileBytes.ReadUInt32(Body[4..], IsBigEndian);
        if (length > Body.Length - 8)
        {
            return false;
        }

        kind = FileBytes.ReadUInt32(Body, IsBigEndian);
        secrets = Body.Slice(8, (int)length);
        return true;
    }
}
