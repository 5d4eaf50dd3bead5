namespace Sonde.Interop.Linux;

/// <summary>Walks netlink attributes in place: <c>while (attributes.MoveNext()) … attributes.Type, attributes.Value</c>.</summary>
/// <remarks>A length that lies ends the walk and sets <see cref="IsTorn"/>; the walk always advances and never throws.</remarks>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private const int HeaderSize = 4;
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The attribute's number without the nested and byte-order flags.</summary>
    internal ushort Type { get; private set; }

    /// <summary>The attribute's payload, without padding.</summary>
    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether the walk ended at bytes that are no attribute.</summary>
    internal bool IsTorn { get; private set; }

    internal bool MoveNext()
    {
        if (_rest.Length < HeaderSize)
        {
            IsTorn |= !_rest.IsEmpty;
            return false;
        }

        int length = BitConverter.ToUInt16(_rest);
        if (length < HeaderSize || length > _rest.Length)
        {
            IsTorn = true;
            return false;
        }

        Type = (ushort)(BitConverter.ToUInt16(_rest[2..]) & Netlink.NLA_TYPE_MASK);
        Value = _rest[HeaderSize..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
