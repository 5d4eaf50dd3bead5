using System.Text;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Interop.Tests.Bpf;

public sealed class BtfTests
{
    // struct inner { int a; union { u64 wide; struct { char text[16]; struct upid numbers[]; }; }; };
    // struct outer { const volatile my_ptr in; u32 bits:3; u32 more:5; short s; struct inner *many[4]; };
    private static readonly BtfBytes s_sample = Sample(out s_ids);
    private static readonly Ids s_ids;

    private sealed record Ids(uint Outer, uint Inner, uint Function, uint Typedef);

    [Fact]
    public void Structs_functions_and_typedefs_are_found_by_kind_and_name()
    {
        Assert.True(Btf.TryParse(s_sample.Build(), out Btf btf, out BtfDefect defect));

        Assert.Equal(BtfDefect.None, defect);
        Assert.Equal(s_ids.Outer, btf.Find(BtfKind.Struct, "outer"u8));
        Assert.Equal(s_ids.Function, btf.Find(BtfKind.Function, "bpf_iter_task"u8));
        Assert.Equal(s_ids.Typedef, btf.Find(BtfKind.Typedef, "btf_trace_exec"u8));
        Assert.Equal(0u, btf.Find(BtfKind.Function, "outer"u8));
        Assert.Equal(0u, btf.Find(BtfKind.Struct, "oute"u8));
        Assert.Equal("outer", Encoding.UTF8.GetString(btf.NameOf(s_ids.Outer)));
    }

    [Theory]
    [InlineData("s", "", 10, 2)]
    [InlineData("in.a", "0", 0, 4)]
    [InlineData("in.wide", "0", 8, 8)]
    [InlineData("in.text", "0", 8, 16)]
    [InlineData("in.numbers[3].nr", "0", 72, 4)]
    [InlineData("many[2].wide", "32", 8, 8)]
    [InlineData("many[3]", "", 40, 8)]
    public void A_way_leads_through_pointers_typedefs_arrays_and_anonymous_members(string path, string hops, int offset, int size)
    {
        Assert.True(Btf.TryParse(s_sample.Build(), out Btf btf, out _));

        Assert.True(btf.TryResolve(s_ids.Outer, path, out KernelField field));

        Assert.Equal((hops, offset, size), (string.Join(' ', field.Hops), field.Offset, field.Size));
    }

    [Fact]
    public void A_bitfield_has_its_place_within_the_word_that_is_loaded()
    {
        Assert.True(Btf.TryParse(s_sample.Build(), out Btf btf, out _));

        Assert.True(btf.TryResolve(s_ids.Outer, "more", out KernelField field));

        Assert.Equal((8, 4, 3, 5, false), (field.Offset, field.Size, field.BitShift, field.BitCount, field.IsSigned));
    }

    [Fact]
    public void Signed_numbers_and_pointers_are_told_apart()
    {
        Assert.True(Btf.TryParse(s_sample.Build(), out Btf btf, out _));
        Assert.True(btf.TryResolve(s_ids.Outer, "s", out KernelField number));
        Assert.True(btf.TryResolve(s_ids.Outer, "in", out KernelField pointer));

        Assert.True(number.IsSigned);
        Assert.Equal(0u, number.PointeeId);
        Assert.Equal(s_ids.Inner, pointer.PointeeId);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("s.nothing")]
    [InlineData("in.nothing")]
    [InlineData("many[4]")]
    [InlineData("s[0]")]
    public void Fields_that_are_not_there_are_not_found(string path)
    {
        Assert.True(Btf.TryParse(s_sample.Build(), out Btf btf, out _));

        Assert.False(btf.TryResolve(s_ids.Outer, path, out _));
    }

    [Fact]
    public void A_struct_known_by_name_only_is_looked_up_by_its_name()
    {
        var bytes = new BtfBytes();
        uint u32 = bytes.Int("unsigned int", 4, isSigned: false);
        uint forward = bytes.Add("later", BtfKind.Forward, 0);
        uint pointer = bytes.Add(null, BtfKind.Pointer, forward);
        uint user = bytes.Struct("user", 8, ("p", pointer, 0, 0));
        bytes.Struct("later", 4, ("x", u32, 0, 0));
        Assert.True(Btf.TryParse(bytes.Build(), out Btf btf, out _));

        Assert.True(btf.TryResolve(user, "p.x", out KernelField field));

        Assert.Equal(4, field.Size);
    }

    [Fact]
    public void More_types_than_one_mark_covers_are_found_by_id()
    {
        var bytes = new BtfBytes();
        uint u32 = bytes.Int("unsigned int", 4, isSigned: false);
        for (int i = 0; i < 1000; i++)
        {
            bytes.Struct($"s{i}", 4, ($"m{i}", u32, 0, 0));
        }

        Assert.True(Btf.TryParse(bytes.Build(), out Btf btf, out _));

        Assert.Equal(1001u, btf.TypeCount);
        for (uint id = 2; id <= btf.TypeCount; id++)
        {
            Assert.Equal($"s{id - 2}", Encoding.UTF8.GetString(btf.NameOf(id)));
            Assert.True(btf.TryResolve(id, $"m{id - 2}", out _));
        }
    }

    [Fact]
    public void Types_that_mean_each_other_end_the_search()
    {
        var bytes = new BtfBytes();
        bytes.Add("a", BtfKind.Typedef, 2);
        bytes.Add("b", BtfKind.Typedef, 1);
        uint self = bytes.Struct("self", 8, (null, 3, 0, 0), (null, 3, 0, 0), (null, 3, 0, 0), (null, 3, 0, 0));
        bytes.Add(null, BtfKind.Array, 0, 4, 4, 4);
        Assert.True(Btf.TryParse(bytes.Build(), out Btf btf, out _));

        Assert.Equal(0u, btf.Plain(1));
        Assert.False(btf.TryResolve(self, "x", out _));
        Assert.Equal(0, btf.SizeOf(4));
    }

    [Fact]
    public void What_is_no_BTF_says_so()
    {
        byte[] sample = s_sample.Build();
        byte[] foreign = [.. sample];
        foreign[0] = 0xEB;
        var unknown = new BtfBytes();
        unknown.Add("new", (BtfKind)25, 0);

        Assert.Equal(BtfDefect.Truncated, Defect([]));
        Assert.Equal(BtfDefect.Truncated, Defect(sample[..^1]));
        Assert.Equal(BtfDefect.NotBtf, Defect(foreign));
        Assert.Equal(BtfDefect.UnknownKind, Defect(unknown.Build()));
    }

    [Fact]
    public void No_prefix_and_no_mutation_throws_or_runs_on()
    {
        byte[] sample = s_sample.Build();
        for (int length = 0; length < sample.Length; length++)
        {
            Explore(sample.AsSpan(0, length));
        }

        var random = new Random(20261121);
        int parsed = 0;
        for (int round = 0; round < 30_000; round++)
        {
            byte[] bytes = [.. sample];
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            parsed += Explore(bytes) ? 1 : 0;
        }

        Assert.InRange(parsed, 1000, 30_000); // the mutations reach behind the header
    }

    private static BtfDefect Defect(byte[] bytes)
    {
        Assert.False(Btf.TryParse(bytes, out _, out BtfDefect defect));
        return defect;
    }

    private static bool Explore(ReadOnlySpan<byte> bytes)
    {
        if (!Btf.TryParse(bytes, out Btf btf, out _))
        {
            return false;
        }

        foreach (string path in new[] { "in.a", "in.numbers[3].nr", "many[2].wide", "more", "s", "in.text" })
        {
            for (uint id = 0; id <= btf.TypeCount + 1; id++)
            {
                btf.TryResolve(id, path, out _);
            }
        }

        for (uint id = 0; id <= btf.TypeCount + 1; id++)
        {
            btf.SizeOf(id);
            btf.Plain(id);
            btf.NameOf(id);
        }

        return true;
    }

    private static BtfBytes Sample(out Ids ids)
    {
        var bytes = new BtfBytes();
        uint i32 = bytes.Int("int", 4, isSigned: true);
        uint u32 = bytes.Int("unsigned int", 4, isSigned: false);
        uint u64 = bytes.Int("unsigned long", 8, isSigned: false);
        uint i16 = bytes.Int("short", 2, isSigned: true);
        uint ch = bytes.Int("char", 1, isSigned: true);
        uint upid = bytes.Struct("upid", 16, ("nr", i32, 0, 0), ("ns", u64, 64, 0));
        uint text = bytes.Add(null, BtfKind.Array, 0, ch, u32, 16);
        uint numbers = bytes.Add(null, BtfKind.Array, 0, upid, u32, 0);
        uint nameless = bytes.Struct(null, 16, ("text", text, 0, 0), ("numbers", numbers, 128, 0));
        uint union = bytes.Union(16, ("wide", u64, 0, 0), (null, nameless, 0, 0));
        uint inner = bytes.Struct("inner", 24, ("a", i32, 0, 0), (null, union, 64, 0));
        uint pointer = bytes.Add(null, BtfKind.Pointer, inner);
        uint alias = bytes.Add("my_ptr", BtfKind.Typedef, pointer);
        uint isVolatile = bytes.Add(null, BtfKind.Volatile, alias);
        uint isConst = bytes.Add(null, BtfKind.Const, isVolatile);
        uint many = bytes.Add(null, BtfKind.Array, 0, pointer, u32, 4);
        uint outer = bytes.Struct("outer", 48, ("in", isConst, 0, 0), ("bits", u32, 64, 3), ("more", u32, 67, 5), ("s", i16, 80, 0), ("many", many, 128, 0));
        uint prototype = bytes.Add(null, BtfKind.FunctionPrototype, i32);
        uint function = bytes.Add("bpf_iter_task", BtfKind.Function, prototype);
        uint tracepoint = bytes.Add("btf_trace_exec", BtfKind.Typedef, pointer);
        ids = new Ids(outer, inner, function, tracepoint);
        return bytes;
    }
}
