using System.Buffers.Binary;
using Sonde.Packets.Printing;

namespace Sonde.Packets.Applications;

/// <summary>A record of a DNS message, read in place.</summary>
public readonly ref struct DnsRecord
{
    private const int FixedSize = 10;
    private const ushort CacheFlushBit = 0x8000;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _nameOffset;
    private readonly int _fixedOffset;

    internal DnsRecord(ReadOnlySpan<byte> message, int nameOffset, int fixedOffset, int dataLength, DnsSection section)
    {
        _message = message[..(fixedOffset + FixedSize + dataLength)];
        _nameOffset = nameOffset;
        _fixedOffset = fixedOffset;
        Section = section;
    }

    /// <summary>Where in the message it stands.</summary>
    public DnsSection Section { get; }

    /// <summary>The name that it tells about.</summary>
    public DnsName Name => new(_message, _nameOffset);

    /// <summary>What it tells.</summary>
    public DnsRecordType Type => (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(_message[_fixedOffset..]);

    /// <summary>1 for the Internet; of <see cref="DnsRecordType.Opt"/>, the sender's largest UDP payload.</summary>
    public int Class => Type == DnsRecordType.Opt ? RawClass : RawClass & ~CacheFlushBit;

    /// <summary>Of multicast DNS: whether older records of that name and type are to be forgotten (RFC 6762, section 10.2).</summary>
    public bool FlushesCache => Type != DnsRecordType.Opt && (RawClass & CacheFlushBit) != 0;

    /// <summary>For how long it may be kept, in seconds; a sign bit counts as none (RFC 2181, section 8).</summary>
    public int TimeToLiveSeconds => Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(_message[(_fixedOffset + 4)..]));

    /// <summary>What it tells, as it stands in the message: names in it may be compressed.</summary>
    public ReadOnlySpan<byte> Data => _message[DataOffset..];

    /// <summary>The four bytes that are a time to live, or flags of EDNS.</summary>
    internal ReadOnlySpan<byte> EdnsField => _message.Slice(_fixedOffset + 4, 4);

    private int DataOffset => _fixedOffset + FixedSize;

    private ushort RawClass => BinaryPrimitives.ReadUInt16BigEndian(_message[(_fixedOffset + 2)..]);

    /// <summary>The address in an A or AAAA record.</summary>
    public bool TryGetAddress(out InternetAddress address)
    {
        bool isA = Type == DnsRecordType.A && Data.Length == 4;
        bool isAaaa = Type == DnsRecordType.Aaaa && Data.Length == 16;
        address = isA ? InternetAddress.ReadIPv4(Data) : isAaaa ? InternetAddress.ReadIPv6(Data) : default;
        return isA || isAaaa;
    }

    /// <summary>The name that the record leads to: of CNAME, DNAME, NS, PTR, MX, SRV, SVCB and HTTPS records, and the server of an SOA record.</summary>
    public bool TryGetTarget(out DnsName name)
    {
        int skip = Type switch
        {
            DnsRecordType.Cname or DnsRecordType.DName or DnsRecordType.NS or DnsRecordType.Ptr or DnsRecordType.Soa => 0,
            DnsRecordType.MX or DnsRecordType.Svcb or DnsRecordType.Https => 2,
            DnsRecordType.Srv => 6,
            _ => -1,
        };
        bool found = skip >= 0 && Data.Length > skip;
        name = found ? new DnsName(_message, DataOffset + skip) : default;
        return found && name.IsValid;
    }

    /// <summary>Writes what the record tells, as zone files do: "10 mail.example.com" for MX, an address for A; other types in the notation of RFC 3597.</summary>
    /// <returns><see langword="false"/> when there is no room for it.</returns>
    public bool TryFormatData(Span<char> destination, out int charsWritten)
    {
        var sink = new TextSink(destination);
        WriteData(ref sink);
        charsWritten = sink.Overflowed ? 0 : sink.Length;
        return !sink.Overflowed;
    }

    internal void WriteData(ref TextSink sink)
    {
        ReadOnlySpan<byte> data = Data;
        if (TryGetAddress(out InternetAddress address))
        {
            sink.Append(address);
            return;
        }

        if (Type is DnsRecordType.Txt or DnsRecordType.HInfo)
        {
            WriteStrings(ref sink, data);
            return;
        }

        if (!TryGetTarget(out DnsName target))
        {
            WriteUnknown(ref sink, data);
            return;
        }

        if (Type is DnsRecordType.MX or DnsRecordType.Srv or DnsRecordType.Svcb or DnsRecordType.Https)
        {
            for (int at = 0; at < (Type == DnsRecordType.Srv ? 6 : 2); at += 2)
            {
                sink.Append(BinaryPrimitives.ReadUInt16BigEndian(data[at..]));
                sink.Append(' ');
            }
        }

        target.Write(ref sink);
        if (Type == DnsRecordType.Soa)
        {
            WriteSoaTail(ref sink);
        }
        else if (Type is DnsRecordType.Svcb or DnsRecordType.Https)
        {
            int at = DataOffset + 2;
            if (DnsName.TrySkip(_message, ref at))
            {
                DnsServiceParameters.Write(ref sink, _message[at..]);
            }
        }
    }

    private static void WriteStrings(ref TextSink sink, ReadOnlySpan<byte> data)
    {
        bool first = true;
        while (!data.IsEmpty)
        {
            int length = Math.Min(data[0], data.Length - 1);
            if (!first)
            {
                sink.Append(' ');
            }

            sink.Append('"');
            sink.AppendUntrusted(data.Slice(1, length), "\"\\");
            sink.Append('"');
            data = data[(1 + length)..];
            first = false;
        }
    }

    private static void WriteUnknown(ref TextSink sink, ReadOnlySpan<byte> data)
    {
        sink.Append("\\# ");
        sink.Append(data.Length);
        if (!data.IsEmpty)
        {
            sink.Append(' ');
            sink.AppendHex(data);
        }
    }

    private void WriteSoaTail(ref TextSink sink)
    {
        int at = DataOffset;
        if (!DnsName.TrySkip(_message, ref at))
        {
            return;
        }

        var mailbox = new DnsName(_message, at);
        sink.Append(' ');
        if (!mailbox.Write(ref sink) || !DnsName.TrySkip(_message, ref at))
        {
            return;
        }

        for (int i = 0; i < 5 && _message.Length - at >= 4; i++, at += 4)
        {
            sink.Append(' ');
            sink.Append(BinaryPrimitives.ReadUInt32BigEndian(_message[at..]));
        }
    }
}
