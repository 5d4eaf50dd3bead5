using System.Text;
using Sonde.Host.Processes.MacOS;
using Sonde.Host.Tests.Linux;

namespace Sonde.Host.Tests.Processes.MacOS;

public class EntitlementsPlistTests
{
    private const string Whole = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        <!-- made by hand -->
        <dict>
            <key>com.apple.security.app-sandbox</key>
            <true/>
            <key>com.apple.security.get-task-allow</key>
            <false></false>
            <key>com.apple.application-identifier</key>
            <string>A1B2C3D4E5.org.example.app &amp; &lt;more&gt; &#228;&#x1F600;</string>
            <key>com.apple.security.application-groups</key>
            <array>
                <string>group.one</string>
                <string/>
                <array/>
            </array>
            <key>nested</key>
            <dict>
                <key>number</key>
                <integer>42</integer>
                <key>list</key>
                <array><true/><integer>1</integer></array>
            </dict>
            <key>bytes</key>
            <data>AAEC</data>
        </dict>
        </plist>
        """;

    [Fact]
    public void Every_kind_of_value_is_told_in_words()
    {
        IReadOnlyDictionary<string, string> values = Parse(Whole).Value;

        Assert.Equal(6, values.Count);
        Assert.Equal(("true", "false"), (values["com.apple.security.app-sandbox"], values["com.apple.security.get-task-allow"]));
        Assert.Equal("A1B2C3D4E5.org.example.app & <more> ä😀", values["com.apple.application-identifier"]);
        Assert.Equal("[group.one, , []]", values["com.apple.security.application-groups"]);
        Assert.Equal("{number: 42, list: [true, 1]}", values["nested"]);
        Assert.Equal("AAEC", values["bytes"]);
    }

    [Theory]
    [InlineData("<dict/>")]
    [InlineData("<plist><dict></dict></plist>")]
    [InlineData("<plist version='1.0'><dict/></plist>\0\0\0")]
    public void An_empty_dictionary_is_empty(string xml) => Assert.Empty(Parse(xml).Value);

    [Theory]
    [InlineData("")]
    [InlineData("bplist00")]
    [InlineData("<plist/>")]
    [InlineData("<plist><array/></plist>")]
    [InlineData("<dict><key>a</key></dict>")]
    [InlineData("<dict><true/></dict>")]
    [InlineData("<dict><key>a</key><true/>")]
    [InlineData("<dict><key>a</key><string>b</integer></dict>")]
    [InlineData("<dict><key>a</key><string>b<true/></string></dict>")]
    [InlineData("<dict><key>a</key><string>&unknown;</string></dict>")]
    [InlineData("<dict><key>a</key><string>&#xD800;</string></dict>")]
    [InlineData("<dict><key>a</key><string>&amp</string></dict>")]
    [InlineData("<dict><key>a</key><true>text</true></dict>")]
    [InlineData("<dict>text</dict>")]
    [InlineData("<dict><key>a</key><strings>b</strings></dict>")]
    [InlineData("<!-- <dict/>")]
    public void What_is_no_such_list_fails_with_how_far_it_was_read(string xml)
    {
        Reading<IReadOnlyDictionary<string, string>> values = Parse(xml);

        Assert.Equal(ReadingStatus.Failed, values.Status);
        Assert.Contains("breaks off at byte", values.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entity_that_the_list_declares_itself_is_never_expanded()
    {
        const string Laughs = "<!DOCTYPE plist [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><plist><dict><key>k</key><string>&b;</string></dict></plist>";

        Assert.Equal(ReadingStatus.Failed, Parse(Laughs).Status);
    }

    [Fact]
    public void Depth_number_and_length_are_bounded()
    {
        string deep = $"<dict><key>a</key>{string.Concat(Enumerable.Repeat("<array>", 5000))}";
        string many = $"<dict>{string.Concat(Enumerable.Range(0, 5000).Select(number => $"<key>k{number}</key><true/>"))}</dict>";
        string huge = $"<dict><key>a</key><string>{new string('x', 100_000)}</string></dict>";
        string wide = $"<dict><key>a</key><array>{string.Concat(Enumerable.Repeat("<string>0123456789</string>", 2000))}</array></dict>";

        Assert.Equal((ReadingStatus.Failed, ReadingStatus.Failed), (Parse(deep).Status, Parse(many).Status));
        Assert.EndsWith(" … (cut)", Parse(huge).Value["a"], StringComparison.Ordinal);
        Assert.InRange(Parse(wide).Value["a"].Length, 4096, 4200);
        Assert.Equal(ReadingStatus.Failed, Parse(new string(' ', EntitlementsPlist.MaxBytes + 1)).Status);
    }

    [Fact]
    public void A_cut_that_goes_through_an_entity_ends_before_it()
    {
        string text = new string('x', 4078) + "&amp;more";

        Assert.Equal(new string('x', 4078) + " … (cut)", Parse($"<dict><key>a</key><string>{text}</string></dict>").Value["a"]);
    }

    [Fact]
    public void Torn_and_damaged_lists_never_throw()
    {
        ProcFuzz.EveryPrefix(Encoding.UTF8.GetBytes(Whole), static bytes => _ = EntitlementsPlist.Parse(bytes));
        ProcFuzz.Mutations(Encoding.UTF8.GetBytes(Whole), 10_000, static bytes => _ = EntitlementsPlist.Parse(bytes));
    }

    private static Reading<IReadOnlyDictionary<string, string>> Parse(string xml) => EntitlementsPlist.Parse(Encoding.UTF8.GetBytes(xml));
}
