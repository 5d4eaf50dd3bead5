using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>BTF in place: the kernel's description of its types, read from bytes without building anything but a coarse index.</summary>
/// <remarks>
/// A kernel has about a hundred thousand types and a program needs a dozen, so nothing is kept but the place of every 64th type. The bytes
/// are not trusted: no id, length or loop in them makes a member throw or run on.
/// </remarks>
internal readonly ref struct Btf
{
    private const int TypesPerMark = 64;
    private const int HeaderWords = 3; // struct btf_type
    private const int MaxChain = 32; // typedefs and qualifiers one after another
    private const int MaxNesting = 16; // anonymous structs in each other
    private const int MaxMembersVisited = 200_000;

    private readonly ReadOnlySpan<uint> _types; // every record of BTF is whole words
    private readonly ReadOnlySpan<byte> _strings;
    private readonly int[] _marks;

    private Btf(ReadOnlySpan<uint> types, ReadOnlySpan<byte> strings, int[] marks, uint count)
    {
        _types = types;
        _strings = strings;
        _marks = marks;
        TypeCount = count;
    }

    // By kind: int, pointer, array, struct, union, enum, forward, typedef, volatile, const, restrict, function, prototype, variable, section, float,
    // declaration tag, type tag, enum64.
    private static ReadOnlySpan<byte> s_fixedWords => [0, 4, 3, 6, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 3, 3, 4, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static ReadOnlySpan<byte> s_wordsPerMember => [0, 0, 0, 0, 3, 3, 2, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>How many types there are; ids go from 1 to this, and 0 is void.</summary>
    internal uint TypeCount { get; }

    /// <summary>Reads header and places of types.</summary>
    /// <returns><see langword="false"/> for bytes that are no BTF; never throws.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> source, out Btf btf, out BtfDefect defect)
    {
        btf = default;
        if (!NativeStruct.TryRead(source, out btf_header header))
        {
            defect = BtfDefect.Truncated;
            return false;
        }

        if (header.magic != BpfAbi.BTF_MAGIC || header.hdr_len < NativeStruct.SizeOf<btf_header>())
        {
            defect = BtfDefect.NotBtf;
            return false;
        }

        if (!TrySection(source, header.hdr_len, header.type_off, header.type_len, out ReadOnlySpan<byte> types)
            || !TrySection(source, header.hdr_len, header.str_off, header.str_len, out ReadOnlySpan<byte> strings))
        {
            defect = BtfDefect.Truncated;
            return false;
        }

        // Sections lie at multiples of four in every BTF that a kernel shows; a copy would cost more than saying so.
        if (types.Length % sizeof(uint) != 0 || header.hdr_len % sizeof(uint) != 0 || header.type_off % sizeof(uint) != 0)
        {
            defect = BtfDefect.Truncated;
            return false;
        }

        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(types);
        int[] marks = new int[(words.Length / (HeaderWords * TypesPerMark)) + 1];
        uint count = 0;
        int place = 0;
        while (place < words.Length)
        {
            if (words.Length - place < HeaderWords)
            {
                defect = BtfDefect.Truncated;
                return false;
            }

            int size = WordsOf(words[place + 1]);
            if (size == 0 || size > words.Length - place)
            {
                defect = size == 0 ? BtfDefect.UnknownKind : BtfDefect.Truncated;
                return false;
            }

            if (count % TypesPerMark == 0)
            {
                marks[count / TypesPerMark] = place;
            }

            place += size;
            count++;
        }

        btf = new Btf(words, strings, marks, count);
        defect = BtfDefect.None;
        return true;
    }

    /// <summary>The id of the first type of a kind and name.</summary>
    /// <returns>0 when there is none.</returns>
    internal uint Find(BtfKind kind, ReadOnlySpan<byte> name)
    {
        // Looking for the name among the strings, and then for its place among the types, touches far less memory than comparing names type by type.
        for (int from = 0; TryNextText(name, ref from, out uint text);)
        {
            int place = 0;
            for (uint id = 1; id <= TypeCount; id++)
            {
                uint info = _types[place + 1];
                if (_types[place] == text && KindIn(info) == kind)
                {
                    return id;
                }

                place += WordsOf(info);
            }
        }

        return 0;
    }

    /// <summary>The name of a type; empty for those that have none and for ids that do not exist.</summary>
    internal ReadOnlySpan<byte> NameOf(uint id) => TryType(id, out btf_type type, out _) ? Text(type.name_off) : [];

    /// <summary>The kind of a type; void for ids that do not exist.</summary>
    internal BtfKind KindOf(uint id) => TryType(id, out btf_type type, out _) ? KindIn(type.info) : BtfKind.Void;

    /// <summary>The bytes that a value of this type takes; 0 when that is unknown.</summary>
    internal long SizeOf(uint id)
    {
        long count = 1;
        for (int step = 0; step < MaxChain; step++)
        {
            id = Plain(id);
            if (!TryType(id, out btf_type type, out ReadOnlySpan<byte> rest))
            {
                return 0;
            }

            switch (KindIn(type.info))
            {
                case BtfKind.Int or BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Enum64 or BtfKind.Float:
                    return count <= int.MaxValue ? count * type.size : 0;
                case BtfKind.Pointer:
                    return count <= int.MaxValue ? count * sizeof(ulong) : 0;
                case BtfKind.Array when NativeStruct.TryRead(rest, out btf_array array):
                    count = count <= int.MaxValue ? count * array.nelems : long.MaxValue;
                    id = array.type;
                    break;
                default:
                    return 0;
            }
        }

        return 0;
    }

    /// <summary>Finds the way to a field: "signal.pids[2].numbers[0].nr" from task_struct. Pointers on the way are followed.</summary>
    /// <param name="structId">The struct or union where the way begins.</param>
    /// <param name="path">Names of members, anonymous structs left out, with indexes into arrays.</param>
    /// <param name="field">The way.</param>
    /// <returns><see langword="false"/> when this kernel has no such field.</returns>
    internal bool TryResolve(uint structId, string path, out KernelField field)
    {
        field = null!; // read only after success
        ImmutableArray<int>.Builder hops = ImmutableArray.CreateBuilder<int>();
        uint type = Plain(structId);
        long bits = 0;
        int bitCount = 0;
        bool isFirst = true;
        foreach (Range range in path.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> part = path.AsSpan(range);
            int bracket = part.IndexOf('[');
            int index = -1;
            if (bracket >= 0 && (part[^1] != ']' || !int.TryParse(part[(bracket + 1)..^1], out index) || index < 0))
            {
                throw new ArgumentException($"'{path}' is no path of members", nameof(path));
            }

            if (!isFirst && KindOf(type) == BtfKind.Pointer)
            {
                if (bits % 8 != 0 || bits / 8 > short.MaxValue)
                {
                    return false;
                }

                hops.Add((int)(bits / 8));
                type = Pointee(type);
                bits = 0;
            }

            isFirst = false;
            ReadOnlySpan<char> name = bracket < 0 ? part : part[..bracket];
            if (!TryMember(type, name, out uint memberType, out long memberBits, out bitCount))
            {
                return false;
            }

            bits += memberBits;
            type = Plain(memberType);
            if (index >= 0)
            {
                if (!TryElement(type, index, out type, out long elementBits))
                {
                    return false;
                }

                bits += elementBits;
            }
        }

        return TryMake(hops.ToImmutable(), type, bits, bitCount, out field);
    }

    /// <summary>The type without typedefs, qualifiers and tags.</summary>
    internal uint Plain(uint id)
    {
        for (int step = 0; step < MaxChain; step++)
        {
            if (!TryType(id, out btf_type type, out _)
                || KindIn(type.info) is not (BtfKind.Typedef or BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict or BtfKind.TypeTag))
            {
                return id;
            }

            id = type.size; // the union's other meaning: the type that is meant
        }

        return 0;
    }

    private static BtfKind KindIn(uint info) => (BtfKind)((info >> 24) & 0x1F);

    private static int Length(uint info) => (int)(info & 0xFFFF);

    // Words of a record: three, then by kind a fixed number or so many for each member. 0 for kinds that are not known.
    private static int WordsOf(uint info)
    {
        int kind = (int)(info >> 24) & 0x1F;
        return s_fixedWords[kind] + (Length(info) * s_wordsPerMember[kind]);
    }

    private static bool TrySection(ReadOnlySpan<byte> source, uint header, uint offset, uint length, out ReadOnlySpan<byte> section)
    {
        ulong start = (ulong)header + offset;
        bool isInside = start + length <= (ulong)source.Length;
        section = isInside ? source.Slice((int)start, (int)length) : [];
        return isInside;
    }

    private bool TryMake(ImmutableArray<int> hops, uint type, long bits, int bitCount, out KernelField field)
    {
        long size = SizeOf(type);
        long offset = bits / 8;
        int shift = 0;
        bool isRight = bits % 8 == 0;
        if (bitCount > 0)
        {
            // The load takes the declared type's bytes, aligned as the compiler aligned them.
            isRight = size is 1 or 2 or 4 or 8;
            offset = isRight ? bits / 8 / size * size : 0;
            shift = (int)(bits - (offset * 8));
            isRight &= shift + bitCount <= size * 8;
        }

        isRight &= size is > 0 and <= int.MaxValue && offset <= short.MaxValue;
        field = !isRight ? null! : new KernelField(hops, (int)offset, (int)size)
        {
            BitShift = shift,
            BitCount = bitCount,
            IsSigned = IsSigned(type),
            TypeId = type,
            PointeeId = KindOf(type) == BtfKind.Pointer ? Pointee(type) : 0,
        };
        return isRight;
    }

    private bool IsSigned(uint id) =>
        TryType(id, out btf_type type, out ReadOnlySpan<byte> rest)
        && KindIn(type.info) == BtfKind.Int
        && NativeStruct.TryRead(rest, out uint encoding)
        && ((encoding >> 24) & BpfAbi.BTF_INT_SIGNED) != 0;

    // The struct or union that a pointer leads to; 0 for pointers to anything else.
    private uint Pointee(uint pointer)
    {
        if (!TryType(pointer, out btf_type type, out _) || KindIn(type.info) != BtfKind.Pointer)
        {
            return 0;
        }

        uint target = Plain(type.size);
        return KindOf(target) switch
        {
            BtfKind.Struct or BtfKind.Union => target,

            // Known by name only where the pointer stands; its definition stands elsewhere.
            BtfKind.Forward => Find(BtfKind.Struct, NameOf(target)),
            _ => 0,
        };
    }

    private bool TryElement(uint arrayId, int index, out uint element, out long bits)
    {
        element = 0;
        bits = 0;
        if (!TryType(arrayId, out btf_type type, out ReadOnlySpan<byte> rest)
            || KindIn(type.info) != BtfKind.Array
            || !NativeStruct.TryRead(rest, out btf_array array))
        {
            return false;
        }

        // A last member of no elements, or of one, stands for as many as there are (struct pid).
        if (index >= array.nelems && array.nelems > 1)
        {
            return false;
        }

        element = Plain(array.type);
        bits = index * SizeOf(element) * 8;
        return bits <= short.MaxValue * 8L;
    }

    private bool TryMember(uint structId, ReadOnlySpan<char> name, out uint type, out long bits, out int bitCount)
    {
        Span<byte> utf8 = stackalloc byte[128];
        type = 0;
        bits = 0;
        bitCount = 0;
        int budget = MaxMembersVisited;
        return Encoding.UTF8.TryGetBytes(name, utf8, out int length)
            && length > 0
            && TryMember(structId, utf8[..length], MaxNesting, ref budget, ref type, ref bits, ref bitCount);
    }

    private bool TryMember(uint structId, ReadOnlySpan<byte> name, int nesting, ref int budget, ref uint type, ref long bits, ref int bitCount)
    {
        if (nesting == 0
            || !TryType(structId, out btf_type structure, out ReadOnlySpan<byte> rest)
            || KindIn(structure.info) is not (BtfKind.Struct or BtfKind.Union))
        {
            return false;
        }

        bool hasBitfields = structure.info >> 31 != 0;
        int size = NativeStruct.SizeOf<btf_member>();
        for (int i = 0; i < Length(structure.info) && budget-- > 0; i++)
        {
            btf_member member = MemoryMarshal.Read<btf_member>(rest[(i * size)..]); // its record holds them all
            long place = hasBitfields ? member.offset & 0xFFFFFF : member.offset;
            if (Text(member.name_off).IsEmpty)
            {
                if (TryMember(Plain(member.type), name, nesting - 1, ref budget, ref type, ref bits, ref bitCount))
                {
                    bits += place;
                    return true;
                }
            }
            else if (NameIs(member.name_off, name))
            {
                type = member.type;
                bits = place;
                bitCount = hasBitfields ? (int)(member.offset >> 24) : 0;
                return true;
            }
        }

        return false;
    }

    private bool TryType(uint id, out btf_type type, out ReadOnlySpan<byte> rest)
    {
        type = default;
        rest = [];
        if (id == 0 || id > TypeCount)
        {
            return false;
        }

        uint number = id - 1;
        int place = _marks[number / TypesPerMark];
        for (uint left = number % TypesPerMark; left > 0; left--)
        {
            place += WordsOf(_types[place + 1]);
        }

        ReadOnlySpan<uint> record = _types.Slice(place, WordsOf(_types[place + 1])); // the walk of TryParse saw that it is there
        type = new btf_type { name_off = record[0], info = record[1], size = record[2] };
        rest = MemoryMarshal.AsBytes(record[HeaderWords..]);
        return true;
    }

    // Finds the next string that is exactly this; strings are kept once, but nothing forbids more.
    private bool TryNextText(ReadOnlySpan<byte> name, ref int from, out uint offset)
    {
        offset = 0;
        while (from < _strings.Length)
        {
            int at = _strings[from..].IndexOf(name);
            if (at < 0)
            {
                return false;
            }

            int start = from + at;
            int end = start + name.Length;
            from = start + 1;
            if (start > 0 && _strings[start - 1] == 0 && end < _strings.Length && _strings[end] == 0)
            {
                offset = (uint)start;
                return true;
            }
        }

        return false;
    }

    private bool NameIs(uint offset, ReadOnlySpan<byte> name)
    {
        if (offset >= (uint)_strings.Length || name.Length >= _strings.Length - (int)offset)
        {
            return false;
        }

        ReadOnlySpan<byte> text = _strings[(int)offset..];
        return text[name.Length] == 0 && text.StartsWith(name);
    }

    private ReadOnlySpan<byte> Text(uint offset)
    {
        if (offset >= (uint)_strings.Length)
        {
            return [];
        }

        ReadOnlySpan<byte> text = _strings[(int)offset..];
        int end = text.IndexOf((byte)0);
        return end < 0 ? [] : text[..end];
    }
}
