namespace Sonde.Packets.Applications;

/// <summary>What EDNS adds to a DNS message (RFC 6891), kept in a record of its own.</summary>
public readonly ref struct DnsEdns
{
    private readonly DnsRecord _record;
    private readonly int _responseCode;

    internal DnsEdns(DnsRecord record, int responseCode)
    {
        _record = record;
        _responseCode = responseCode;
    }

    /// <summary>The largest UDP payload that the sender takes, in bytes.</summary>
    public int UdpPayloadSize => _record.Class;

    /// <summary>All twelve bits of the response code: 16 says that the version is not understood.</summary>
    public int ResponseCode => (Field[0] << 4) | _responseCode;

    /// <summary>0: there is no other yet.</summary>
    public int Version => Field[1];

    /// <summary>Whether the sender wants signatures (RFC 3225).</summary>
    public bool WantsSignatures => (Field[2] & 0x80) != 0;

    /// <summary>The options, each with its number and length in two bytes.</summary>
    public ReadOnlySpan<byte> Options => _record.Data;

    // The place of other records' time to live, in the order of the wire.
    private ReadOnlySpan<byte> Field => _record.EdnsField;

    /// <summary>Finds the first option of a number: 8 is the client's network, 10 a cookie, 15 an extended error.</summary>
    public bool TryGetOption(int number, out ReadOnlySpan<byte> data) => NumberedOptions.TryFind(Options, number, out data);
}
