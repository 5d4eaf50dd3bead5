using System.Buffers.Binary;
using System.Text;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Interop.Tests.Bpf;

/// <summary>Writes BTF for tests, as linux/btf.h describes it.</summary>
internal sealed class BtfBytes
{
    private readonly List<byte> _types = [];
    private readonly List<byte> _strings = [0];
    private uint _count;

    internal uint Int(string name, uint size, bool isSigned) =>
        Record(name, BtfKind.Int, 0, false, size, (isSigned ? 1u << 24 : 0) | (size * 8));

    /// <summary>Types of one fixed shape; what follows the three common words is given as it is.</summary>
    internal uint Add(string? name, BtfKind kind, uint sizeOrType, params uint[] rest) => Record(name, kind, 0, false, sizeOrType, rest);

    /// <summary>A struct with (name, type, bit offset, bits of a bitfield or 0).</summary>
    internal uint Struct(string? name, uint size, params (string? Name, uint Type, uint BitOffset, uint Bits)[] members) =>
        Members(name, BtfKind.Struct, size, members);

    internal uint Union(uint size, params (string? Name, uint Type, uint BitOffset, uint Bits)[] members) => Members(null, BtfKind.Union, size, members);

    internal byte[] Build()
    {
        byte[] header = new byte[24];
        BinaryPrimitives.WriteUInt16LittleEndian(header, BpfAbi.BTF_MAGIC);
        header[2] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), 24);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), (uint)_types.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), (uint)_types.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), (uint)_strings.Count);
        return [.. header, .. _types, .. _strings];
    }

    private uint Members(string? name, BtfKind kind, uint size, (string? Name, uint Type, uint BitOffset, uint Bits)[] members)
    {
        bool hasBitfields = members.Any(member => member.Bits > 0);
        uint[] rest = [.. members.SelectMany(member => new[] { Text(member.Name), member.Type, member.BitOffset | (member.Bits << 24) })];
        return Record(name, kind, (uint)members.Length, hasBitfields, size, rest);
    }

    private uint Record(string? name, BtfKind kind, uint length, bool flag, uint sizeOrType, params uint[] rest)
    {
        Write(Text(name), length | ((uint)kind << 24) | (flag ? 1u << 31 : 0), sizeOrType);
        Write(rest);
        return ++_count;
    }

    private void Write(params uint[] words)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        foreach (uint word in words)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
            _types.AddRange(bytes);
        }
    }

    private uint Text(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        uint offset = (uint)_strings.Count;
        _strings.AddRange(Encoding.UTF8.GetBytes(text + "\0"));
        return offset;
    }
}
