using System.Buffers.Binary;

namespace Sonde.Packets.Headers;

/// <summary>The extension headers between an IPv6 header and its upper layer, and where that begins.</summary>
/// <remarks>At most <see cref="MaxCount"/> are followed. Behind encryption (ESP) and within later fragments nothing is looked for.</remarks>
public readonly ref struct IPv6ExtensionChain
{
    /// <summary>How many extension headers are followed before the packet counts as hostile.</summary>
    public const int MaxCount = 16;

    private const ushort OffsetMask = 0xFFF8;
    private const ushort MoreMask = 1;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly IPProtocol _first;
    private readonly ushort _fragment;

    private IPv6ExtensionChain(
        IPProtocol first, ReadOnlySpan<byte> bytes, int count, IPProtocol upper, int upperOffset, bool isFragment, ushort fragment, uint identification)
    {
        _first = first;
        _bytes = bytes;
        _fragment = fragment;
        Count = count;
        UpperProtocol = upper;
        UpperOffset = upperOffset;
        HasFragmentHeader = isFragment;
        Identification = identification;
    }

    /// <summary>How many extension headers there are.</summary>
    public int Count { get; }

    /// <summary>What follows the last of them: of a later fragment, what the first fragment begins with.</summary>
    public IPProtocol UpperProtocol { get; }

    /// <summary>How many bytes all of them take: where the upper layer begins after the IPv6 header.</summary>
    public int UpperOffset { get; }

    /// <summary>The captured upper layer; of a later fragment, bytes amid the packet.</summary>
    public ReadOnlySpan<byte> UpperPayload => _bytes[UpperOffset..];

    /// <summary>Whether there is a fragment header: one of several fragments, or a lone one ("atomic", RFC 6946).</summary>
    public bool HasFragmentHeader { get; }

    /// <summary>Where in the original packet this fragment begins, in bytes.</summary>
    public int FragmentOffset => _fragment & OffsetMask;

    /// <summary>Whether fragments follow this one.</summary>
    public bool MoreFragments => (_fragment & MoreMask) != 0;

    /// <summary>Whether this is one of several fragments.</summary>
    public bool IsFragment => (_fragment & (OffsetMask | MoreMask)) != 0;

    /// <summary>What fragments of one packet have in common.</summary>
    public uint Identification { get; }

    /// <summary>Whether <paramref name="protocol"/> is an extension header that another header follows.</summary>
    public static bool IsExtension(IPProtocol protocol) => protocol
        is IPProtocol.HopByHop or IPProtocol.Routing or IPProtocol.Fragment or IPProtocol.AuthenticationHeader
        or IPProtocol.DestinationOptions or IPProtocol.Mobility or IPProtocol.HostIdentity or IPProtocol.Shim6;

    /// <summary>Walks the headers at the start of <paramref name="source"/>.</summary>
    /// <param name="first">What <paramref name="source"/> begins with: the next header field before it.</param>
    /// <param name="source">The bytes after the IPv6 header.</param>
    /// <param name="chain">The headers up to the upper layer, or up to the defect.</param>
    /// <param name="defect">What ended the walk early.</param>
    /// <returns><see langword="false"/> when they are cut or too many; never throws.</returns>
    public static bool TryParse(IPProtocol first, ReadOnlySpan<byte> source, out IPv6ExtensionChain chain, out PacketDefect defect)
    {
        IPProtocol next = first;
        int offset = 0;
        int count = 0;
        bool hasFragment = false;
        ushort fragment = 0;
        uint identification = 0;
        defect = PacketDefect.None;

        while (IsExtension(next) && (fragment & OffsetMask) == 0)
        {
            int length = LengthOf(next, source[offset..]);
            if (length == 0 || count == MaxCount)
            {
                defect = length == 0 ? PacketDefect.Truncated : PacketDefect.TooDeep;
                break;
            }

            if (next == IPProtocol.Fragment)
            {
                hasFragment = true;
                fragment = BinaryPrimitives.ReadUInt16BigEndian(source[(offset + 2)..]);
                identification = BinaryPrimitives.ReadUInt32BigEndian(source[(offset + 4)..]);
            }

            next = (IPProtocol)source[offset];
            offset += length;
            count++;
        }

        chain = new IPv6ExtensionChain(first, source, count, next, offset, hasFragment, fragment, identification);
        return defect == PacketDefect.None;
    }

    /// <summary>Starts before the first header.</summary>
    public Enumerator GetEnumerator() => new(_first, _bytes[..UpperOffset]);

    // 0 when the bytes end before the header does.
    private static int LengthOf(IPProtocol protocol, ReadOnlySpan<byte> header)
    {
        if (header.Length < 8)
        {
            return 0;
        }

        int length = protocol switch
        {
            IPProtocol.Fragment => 8,
            IPProtocol.AuthenticationHeader => (header[1] + 2) * 4, // RFC 4302, section 2.2: in words, less two
            _ => (header[1] + 1) * 8,
        };
        return length <= header.Length ? length : 0;
    }

    /// <summary>Goes from header to header.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;
        private IPProtocol _next;

        internal Enumerator(IPProtocol first, ReadOnlySpan<byte> bytes)
        {
            _next = first;
            _rest = bytes;
            Current = default;
        }

        /// <summary>The header it stands on.</summary>
        public IPv6Extension Current { get; private set; }

        /// <summary>Goes to the next header.</summary>
        public bool MoveNext()
        {
            int length = LengthOf(_next, _rest);
            if (length == 0)
            {
                return false;
            }

            Current = new IPv6Extension(_next, _rest[..length]);
            _next = (IPProtocol)_rest[0];
            _rest = _rest[length..];
            return true;
        }
    }
}
