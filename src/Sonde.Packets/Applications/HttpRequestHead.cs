namespace Sonde.Packets.Applications;

/// <summary>The head of an HTTP/1 request (RFC 9112) at the start of a TCP payload: what is asked of whom.</summary>
public readonly ref struct HttpRequestHead
{
    private const int MaxMethodLength = 20;

    private HttpRequestHead(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, ReadOnlySpan<byte> host, bool isComplete)
    {
        Method = method;
        Target = target;
        Host = host;
        IsComplete = isComplete;
    }

    /// <summary>"GET" and the like.</summary>
    public ReadOnlySpan<byte> Method { get; }

    /// <summary>What is asked for: a path, or (to a proxy) a URL or host and port.</summary>
    public ReadOnlySpan<byte> Target { get; }

    /// <summary>The host and port in the Host field; empty when there is none, or not in this payload.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>Whether the payload reached to the head's end.</summary>
    public bool IsComplete { get; }

    /// <summary>Reads the head at the start of <paramref name="source"/>.</summary>
    /// <returns><see langword="false"/> for bytes that begin with no request line; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> source, out HttpRequestHead head, out PacketDefect defect)
    {
        head = default;
        int methodLength = source.IndexOf((byte)' ');
        if (methodLength is < 1 or > MaxMethodLength || source[..methodLength].IndexOfAnyExceptInRange((byte)'A', (byte)'Z') >= 0)
        {
            defect = PacketDefect.Unsupported;
            return false;
        }

        ReadOnlySpan<byte> rest = source[(methodLength + 1)..];
        int lineEnd = rest.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = lineEnd < 0 ? rest : rest[..lineEnd];
        int targetLength = line.LastIndexOf(" HTTP/1."u8);
        if (targetLength < 1)
        {
            defect = lineEnd < 0 ? PacketDefect.Truncated : PacketDefect.Unsupported;
            return false;
        }

        ReadOnlySpan<byte> host = FindHost(lineEnd < 0 ? default : rest[(lineEnd + 1)..], out bool isComplete);
        head = new HttpRequestHead(source[..methodLength], line[..targetLength], host, isComplete);
        defect = PacketDefect.None;
        return true;
    }

    private static ReadOnlySpan<byte> FindHost(ReadOnlySpan<byte> fields, out bool isComplete)
    {
        ReadOnlySpan<byte> host = default;
        isComplete = false;
        while (true)
        {
            int end = fields.IndexOf((byte)'\n');
            if (end < 0)
            {
                return host;
            }

            ReadOnlySpan<byte> field = fields[..end].TrimEnd((byte)'\r');
            fields = fields[(end + 1)..];
            if (field.IsEmpty)
            {
                isComplete = true;
                return host;
            }

            if (host.IsEmpty && field.Length > 5 && field[4] == ':' && System.Text.Ascii.EqualsIgnoreCase(field[..4], "host"u8))
            {
                ReadOnlySpan<byte> value = field[5..].Trim(" \t"u8);
                host = value.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) < 0 ? value : default;
            }
        }
    }
}
