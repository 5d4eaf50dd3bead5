using System.Text;

namespace Sonde.Interop.Linux;

/// <summary>Builds the body of a netlink request: a fixed header, then attributes.</summary>
internal sealed class NetlinkRequest
{
    private byte[] _bytes = new byte[256];
    private int _length = NativeStruct.SizeOf<nlmsghdr>();

    /// <summary>Starts a request without a body.</summary>
    /// <param name="type">RTM_… or a generic netlink family.</param>
    /// <param name="flags">NLM_F_… beyond REQUEST, which the transport adds.</param>
    internal NetlinkRequest(ushort type, ushort flags = 0)
    {
        Type = type;
        Flags = flags;
    }

    internal ushort Type { get; }

    internal ushort Flags { get; }

    internal NetlinkRequest Add<T>(in T header)
        where T : unmanaged
    {
        NativeStruct.AsBytes(header).CopyTo(Reserve(NativeStruct.SizeOf<T>()));
        return this;
    }

    internal NetlinkRequest Attribute(ushort type, uint value) => Attribute(type, NativeStruct.AsBytes(value));

    /// <summary>Adds a zero-terminated string.</summary>
    internal NetlinkRequest Attribute(ushort type, string value) => Attribute(type, Encoding.UTF8.GetBytes(value + '\0'));

    internal NetlinkRequest Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        int size = NativeStruct.SizeOf<nlattr>();
        var head = new nlattr { nla_len = checked((ushort)(size + value.Length)), nla_type = type };
        Span<byte> target = Reserve(size + value.Length);
        NativeStruct.AsBytes(head).CopyTo(target);
        value.CopyTo(target[size..]);
        return this;
    }

    /// <summary>Adds an attribute made of attributes.</summary>
    internal NetlinkRequest Nested(ushort type, Action<NetlinkRequest> fill)
    {
        int start = _length;
        Reserve(NativeStruct.SizeOf<nlattr>());
        fill(this);
        var head = new nlattr { nla_len = checked((ushort)(_length - start)), nla_type = (ushort)(type | Netlink.NLA_F_NESTED) };
        NativeStruct.AsBytes(head).CopyTo(_bytes.AsSpan(start));
        return this;
    }

    /// <summary>The whole message, with its header filled in.</summary>
    internal ReadOnlySpan<byte> Finish(uint sequence, ushort extraFlags)
    {
        var head = new nlmsghdr
        {
            nlmsg_len = (uint)_length,
            nlmsg_type = Type,
            nlmsg_flags = (ushort)(Flags | extraFlags | Netlink.NLM_F_REQUEST),
            nlmsg_seq = sequence,
        };
        NativeStruct.AsBytes(head).CopyTo(_bytes);
        return _bytes.AsSpan(0, _length);
    }

    private Span<byte> Reserve(int count)
    {
        int padded = (count + 3) & ~3;
        if (_length + padded > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + padded));
        }

        Span<byte> part = _bytes.AsSpan(_length, count);
        _length += padded;
        return part;
    }
}
