using System.Text;
using Sonde.Host.Processes.MacOS;

namespace Sonde.Host.Tests.MacOS;

public sealed class EntitlementsDerTests
{
    // [APPLICATION 16] { 1, [16] { SEQUENCE { "com.apple.security.app-sandbox", TRUE } } }, byte for byte.
    private static readonly byte[] s_sandbox = Convert.FromHexString(
        "702A" + "020101" + "B025" + "3023" + "0C1E" + Convert.ToHexString("com.apple.security.app-sandbox"u8) + "0101FF");

    private static readonly byte[] s_everything = Top(
        Entry("flag", [0x01, 1, 0]),
        Entry("number", [0x02, 2, 0x01, 0x00]),
        Entry("negative", [0x02, 1, 0xFF]),
        Entry("text", Text("a ü")),
        Entry("data", Element(0x04, [1, 2, 3])),
        Entry("list", Element(0x30, [.. Text("a"), .. Text("b")])),
        Entry("inner", Element(0xB0, Entry("x", Text("y")))),
        Entry("empty", Element(0x30, [])));

    [Fact]
    public void An_entitlement_is_read_as_the_signature_holds_it()
    {
        IReadOnlyDictionary<string, string> found = EntitlementsDer.Parse(s_sandbox).Value;

        Assert.Equal("true", Assert.Single(found).Value);
        Assert.True(found.ContainsKey("com.apple.security.app-sandbox"));
    }

    [Fact]
    public void Every_kind_of_value_is_told_in_the_words_of_the_XML_form()
    {
        IReadOnlyDictionary<string, string> found = EntitlementsDer.Parse(s_everything).Value;

        Assert.Equal(
            ["flag=false", "number=256", "negative=-1", "text=a ü", "data=AQID", "list=[a, b]", "inner={x: y}", "empty=[]"],
            found.Select(pair => $"{pair.Key}={pair.Value}"));
    }

    [Fact]
    public void The_older_form_is_a_set_without_a_version()
    {
        Assert.Equal("y", EntitlementsDer.Parse(Element(0x31, Entry("x", Text("y")))).Value["x"]);
    }

    [Fact]
    public void Long_lengths_are_read()
    {
        string text = new('a', 70_000);

        Assert.Equal(4096, EntitlementsDer.Parse(Top(Entry("long", Text(text)))).Value["long"].Length);
        Assert.EndsWith(" … (cut)", EntitlementsDer.Parse(Top(Entry("long", Text(text)))).Value["long"], StringComparison.Ordinal);
    }

    [Fact]
    public void No_prefix_is_taken_for_the_whole()
    {
        for (int length = 0; length < s_everything.Length; length++)
        {
            Assert.Equal(ReadingStatus.Failed, EntitlementsDer.Parse(s_everything.AsSpan(0, length)).Status);
        }
    }

    [Fact]
    public void Changed_bytes_never_throw()
    {
        var random = new Random(20261121);
        byte[] bytes = new byte[s_everything.Length];
        for (int round = 0; round < 20_000; round++)
        {
            s_everything.CopyTo(bytes, 0);
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Reading<IReadOnlyDictionary<string, string>> found = EntitlementsDer.Parse(bytes);
            Assert.True(found.HasValue || found.Reason is not null);
        }
    }

    [Fact]
    public void Depth_and_number_are_bounded()
    {
        byte[] deep = Text("x");
        for (int depth = 0; depth < 40; depth++)
        {
            deep = Element(0x30, deep);
        }

        Assert.Equal(ReadingStatus.Failed, EntitlementsDer.Parse(Top(Entry("deep", deep))).Status);
        Assert.Equal(ReadingStatus.Failed, EntitlementsDer.Parse(Top(Entry("many", Element(0x30, [.. Enumerable.Repeat(Element(0x01, [1]), 3000).SelectMany(one => one)])))).Status);
        Assert.Equal(ReadingStatus.Failed, EntitlementsDer.Parse(new byte[300 * 1024]).Status);
    }

    [Theory]
    [InlineData("7080020101B0000000")] // no definite length
    [InlineData("7085010000000000")] // a length of five bytes
    [InlineData("7006020101B00000")] // something behind the dictionary
    [InlineData("B0053003010100")] // a key that is no text
    [InlineData("B00530030C0161")] // a key without a value
    public void What_the_format_does_not_allow_is_refused(string hex) => Assert.Equal(ReadingStatus.Failed, EntitlementsDer.Parse(Convert.FromHexString(hex)).Status);

    private static byte[] Top(params byte[][] entries) => Element(0x70, [0x02, 1, 1, .. Element(0xB0, [.. entries.SelectMany(entry => entry)])]);

    private static byte[] Entry(string key, byte[] value) => Element(0x30, [.. Text(key), .. value]);

    private static byte[] Text(string text) => Element(0x0C, Encoding.UTF8.GetBytes(text));

    private static byte[] Element(byte tag, byte[] content) => content.Length switch
    {
        < 0x80 => [tag, (byte)content.Length, .. content],
        < 0x10000 => [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content],
        _ => [tag, 0x83, (byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length, .. content],
    };
}
