namespace Sonde.Packets.Applications;

/// <summary>The line by which each side of an SSH connection introduces itself (RFC 4253, section 4.2).</summary>
public readonly ref struct SshBanner
{
    private const int MaxLength = 255;

    private SshBanner(ReadOnlySpan<byte> version, ReadOnlySpan<byte> software, ReadOnlySpan<byte> comment)
    {
        ProtocolVersion = version;
        Software = software;
        Comment = comment;
    }

    /// <summary>"2.0", or "1.99" for a server that speaks the old version too.</summary>
    public ReadOnlySpan<byte> ProtocolVersion { get; }

    /// <summary>The program: "OpenSSH_9.2p1".</summary>
    public ReadOnlySpan<byte> Software { get; }

    /// <summary>What follows the program, often the system; empty when nothing does.</summary>
    public ReadOnlySpan<byte> Comment { get; }

    /// <summary>Reads the line at the start of <paramref name="source"/>, the first payload of a TCP stream.</summary>
    /// <returns><see langword="false"/> for bytes that are no such line; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out SshBanner banner, out PacketDefect defect)
    {
        banner = default;
        if (!source.StartsWith("SSH-"u8))
        {
            defect = "SSH-"u8.StartsWith(source) ? PacketDefect.Truncated : PacketDefect.Unsupported;
            return false;
        }

        int end = source[..Math.Min(source.Length, MaxLength)].IndexOf((byte)'\n');
        if (end < 0)
        {
            defect = source.Length < MaxLength ? PacketDefect.Truncated : PacketDefect.BadLength;
            return false;
        }

        ReadOnlySpan<byte> line = source[4..end].TrimEnd((byte)'\r');
        int dash = line.IndexOf((byte)'-');
        if (dash < 1 || line.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) >= 0)
        {
            defect = PacketDefect.Malformed;
            return false;
        }

        ReadOnlySpan<byte> rest = line[(dash + 1)..];
        int space = rest.IndexOf((byte)' ');
        banner = new SshBanner(line[..dash], space < 0 ? rest : rest[..space], space < 0 ? default : rest[(space + 1)..]);
        defect = PacketDefect.None;
        return true;
    }
}
