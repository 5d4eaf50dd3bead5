using System.Text;
using Sonde.Host.Resolvers.Linux;
using Sonde.Interop.Linux.DBus;

namespace Sonde.Host.Tests.Linux;

public sealed class DBusReaderTests
{
    // a{sv} { "DNSEx": a(iiayqs) [ (3, 2, 10.1.0.53, 0, "") ], "Domains": a(isb) [ (3, "corp.example", false) ], "DNSSEC": "no" }
    private static readonly byte[] s_properties = Build();

    [Fact]
    public void Servers_and_domains_are_read_out_of_the_managers_properties()
    {
        ResolvedConfiguration found = Parse(s_properties);

        Assert.Equal("10.1.0.53", Assert.Single(found.Servers).Address.ToString());
        Assert.Equal(3, found.Servers[0].InterfaceIndex.Value);
        Assert.Equal("link3", found.Servers[0].InterfaceName.Value);
        Assert.Equal("corp.example", Assert.Single(found.Domains).Name);
        Assert.Equal(["DNSSEC=no"], found.Options);
        Assert.Equal(0, found.Skipped);
    }

    [Fact]
    public void Every_prefix_is_torn_and_none_throws()
    {
        for (int length = 0; length < s_properties.Length; length++)
        {
            Assert.True(Parse(s_properties.AsSpan(0, length)).Skipped > 0, $"a prefix of {length} bytes was taken for whole");
        }
    }

    [Fact]
    public void Mutations_never_throw_and_never_grow()
    {
        var random = new Random(19);
        for (int round = 0; round < 30_000; round++)
        {
            byte[] bytes = [.. s_properties];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            ResolvedConfiguration found = Parse(bytes);
            Assert.InRange(found.Servers.Count + found.Domains.Count, 0, bytes.Length);
        }
    }

    [Theory]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaay")]
    [InlineData("((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((")]
    [InlineData("(")]
    [InlineData("a")]
    [InlineData("?")]
    [InlineData("")]
    public void A_signature_that_lies_ends_the_reading(string signature)
    {
        var reader = new DBusReader(new byte[8], isLittleEndian: true);

        reader.Skip(signature);

        Assert.InRange(reader.Position, 0, 8);
        Assert.True(reader.IsTorn || signature.Length == 0 || signature[0] == 'a');
    }

    [Fact]
    public void Variants_inside_variants_end_at_the_depth_limit()
    {
        // "v" in "v" in "v" …: one byte length, 'v', zero, over and over.
        byte[] bytes = [.. Enumerable.Repeat<byte[]>([1, (byte)'v', 0], 500).SelectMany(one => one)];
        var reader = new DBusReader(bytes, isLittleEndian: true);

        reader.Skip("v");

        Assert.True(reader.IsTorn);
    }

    [Fact]
    public void A_call_is_written_as_the_specification_lays_it_out()
    {
        byte[] call = DBusCall.Write(7, new DBusQuestion("a.b", "/c", "d.e", "F", "x"));

        Assert.Equal((byte)'l', call[0]);
        Assert.Equal([1, 2, 1], call[1..4]); // a method call that starts no service, version 1
        Assert.Equal(6, BitConverter.ToInt32(call, 4)); // the body: length 1, "x", zero
        Assert.Equal(7, BitConverter.ToInt32(call, 8));
        int fields = BitConverter.ToInt32(call, 12);
        int body = (16 + fields + 7) & ~7;
        Assert.Equal(body + 6, call.Length);
        Assert.Equal("x", new DBusReader(call.AsSpan(body), isLittleEndian: true).ReadString());
    }

    [Fact]
    public void An_error_answer_gives_the_name_of_the_error()
    {
        // (4, "s", "org.x"), (5, "u", 9): the array's own start is a multiple of eight.
        byte[] fields = [4, 1, (byte)'s', 0, 5, 0, 0, 0, .. "org.x"u8, 0, 0, 0, 5, 1, (byte)'u', 0, 9, 0, 0, 0];

        var answer = DBusAnswer.Parse(isLittleEndian: true, fields, []);

        Assert.Equal("org.x", answer.ErrorName);
        Assert.Equal(9u, answer.ReplySerial);
    }

    private static ResolvedConfiguration Parse(ReadOnlySpan<byte> bytes) =>
        ResolvedConfiguration.Parse(bytes, isLittleEndian: true, index => $"link{index}");

    private static byte[] Build()
    {
        var bytes = new List<byte>();
        Entry("DNSEx", "a(iiayqs)", () =>
        {
            Align(4);
            int lengthAt = Reserve();
            Align(8);
            int start = bytes.Count;
            Int(3);
            Int(2);
            Int(4);
            bytes.AddRange([10, 1, 0, 53]);
            Align(2);
            bytes.AddRange([0, 0]);
            Text(string.Empty);
            Patch(lengthAt, bytes.Count - start);
        });
        Entry("Domains", "a(isb)", () =>
        {
            Align(4);
            int lengthAt = Reserve();
            Align(8);
            int start = bytes.Count;
            Int(3);
            Text("corp.example");
            Int(0);
            Patch(lengthAt, bytes.Count - start);
        });
        Entry("DNSSEC", "s", () => Text("no"));
        byte[] whole = [.. BitConverter.GetBytes(bytes.Count), 0, 0, 0, 0, .. bytes];
        return whole;

        void Entry(string name, string signature, Action value)
        {
            Align(8);
            Text(name);
            bytes.Add((byte)signature.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(signature));
            bytes.Add(0);
            value();
        }

        void Text(string text)
        {
            Int(text.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(text));
            bytes.Add(0);
        }

        void Int(int value)
        {
            Align(4);
            bytes.AddRange(BitConverter.GetBytes(value));
        }

        int Reserve()
        {
            bytes.AddRange(new byte[4]);
            return bytes.Count - 4;
        }

        void Patch(int at, int value) => BitConverter.GetBytes(value).CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes)[at..]);

        void Align(int to)
        {
            while (bytes.Count % to != 0)
            {
                bytes.Add(0);
            }
        }
    }
}
