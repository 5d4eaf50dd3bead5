using System.Text;
using Sonde.Host.MacOS.PropertyLists;
using Sonde.Host.Services.MacOS;

namespace Sonde.Host.Tests.MacOS;

public sealed class PropertyListTests
{
    // The same dictionary, written by Python's plistlib in both forms.
    private static readonly byte[] s_binary = Convert.FromBase64String("YnBsaXN0MDDbAQIDBAUGBwgJCgsMDQ4REicoKSwtLlNCaWdURGF0YVlLZWVwQWxpdmVVTGFiZWxUTG9uZ1ROaWNlUk9uXxAQUHJvZ3JhbUFyZ3VtZW50c1RSZWFsVFdoZW5UV2lkZRMAAAEAAAAAAEIBAtEPEF5TdWNjZXNzZnVsRXhpdAhfEA9jb20uZXhhbXBsZS5qb2KvEBQTFBUWFxgZGhscHR4fICEiIyQlJhAAEAEQAhADEAQQBRAGEAcQCBAJEAoQCxAMEA0QDhAPEBAQERASEBMT//////////sJoiorVi9iaW4veFMtLXkjP/gAAAAAAAAzQcW2+XkAAABiAPxOLQAIAB8AIwAoADIAOAA9AEIARQBYAF0AYgBnAHAAcwB2AIUAhgCYAK8AsQCzALUAtwC5ALsAvQC/AMEAwwDFAMcAyQDLAM0AzwDRANMA1QDXAOAA4QDkAOsA7wD4AQEAAAAAAAACAQAAAAAAAAAvAAAAAAAAAAAAAAAAAAABBg==");

    private static readonly byte[] s_xml = Encoding.UTF8.GetBytes("""
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        <dict>
        	<key>Big</key>
        	<integer>1099511627776</integer>
        	<key>Data</key>
        	<data>
        	AQI=
        	</data>
        	<key>KeepAlive</key>
        	<dict>
        		<key>SuccessfulExit</key>
        		<false/>
        	</dict>
        	<key>Label</key>
        	<string>com.example.job</string>
        	<key>Long</key>
        	<array>
        		<integer>0</integer>
        		<integer>1</integer>
        		<integer>2</integer>
        		<integer>3</integer>
        		<integer>4</integer>
        		<integer>5</integer>
        		<integer>6</integer>
        		<integer>7</integer>
        		<integer>8</integer>
        		<integer>9</integer>
        		<integer>10</integer>
        		<integer>11</integer>
        		<integer>12</integer>
        		<integer>13</integer>
        		<integer>14</integer>
        		<integer>15</integer>
        		<integer>16</integer>
        		<integer>17</integer>
        		<integer>18</integer>
        		<integer>19</integer>
        	</array>
        	<key>Nice</key>
        	<integer>-5</integer>
        	<key>On</key>
        	<true/>
        	<key>ProgramArguments</key>
        	<array>
        		<string>/bin/x</string>
        		<string>--y</string>
        	</array>
        	<key>Real</key>
        	<real>1.5</real>
        	<key>When</key>
        	<date>2024-02-03T04:05:06Z</date>
        	<key>Wide</key>
        	<string>ü中</string>
        </dict>
        </plist>
        """);

    public static TheoryData<bool> Forms => [true, false];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_kind_of_value_is_read(bool isBinary)
    {
        var top = (IReadOnlyDictionary<string, object?>)PropertyList.Parse(isBinary ? s_binary : s_xml, out string? defect)!; // the assertion below would say why

        Assert.Null(defect);
        Assert.Equal("com.example.job", top["Label"]);
        Assert.Equal(["/bin/x", "--y"], (IReadOnlyList<object?>)top["ProgramArguments"]!);
        Assert.Equal(false, ((IReadOnlyDictionary<string, object?>)top["KeepAlive"]!)["SuccessfulExit"]);
        Assert.Equal(-5L, top["Nice"]);
        Assert.Equal(1L << 40, top["Big"]);
        Assert.Equal(1.5, top["Real"]);
        Assert.Equal(new DateTimeOffset(2024, 2, 3, 4, 5, 6, TimeSpan.Zero), top["When"]);
        Assert.Equal([1, 2], (byte[])top["Data"]!);
        Assert.Equal("\u00fc\u4e2d", top["Wide"]);
        Assert.Equal(true, top["On"]);
        Assert.Equal(20, ((IReadOnlyList<object?>)top["Long"]!).Count);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void No_prefix_is_taken_for_a_list_and_none_throws(bool isBinary)
    {
        byte[] whole = isBinary ? s_binary : s_xml;
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.True(PropertyList.Parse(whole.AsSpan(0, length), out string? defect) is null || length > whole.Length - 12, $"{length}: {defect}");
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Mutations_never_throw(bool isBinary)
    {
        var random = new Random(3);
        for (int round = 0; round < (isBinary ? 50_000 : 3_000); round++)
        {
            byte[] bytes = [.. isBinary ? s_binary : s_xml];
            for (int change = 0; change < 3; change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            PropertyList.Parse(bytes, out _);
            LaunchPlist.Parse(bytes);
        }
    }

    [Fact]
    public void A_list_that_holds_itself_ends()
    {
        // One array whose only item is itself: object 0 at offset 8, references of one byte.
        byte[] loop = [.. "bplist00"u8, 0xA1, 0, 8, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10];

        Assert.Null(PropertyList.Parse(loop, out string? defect));
        Assert.Contains("nested too deeply", defect, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_doubles_at_each_level_ends()
    {
        // Forty arrays, each of which holds the next one twice: 2^40 values if they were followed.
        var bytes = new List<byte>("bplist00"u8.ToArray());
        for (byte level = 0; level < 40; level++)
        {
            bytes.AddRange([0xA2, (byte)(level + 1), (byte)(level + 1)]);
        }

        bytes.Add(0x09);
        int table = bytes.Count;
        bytes.AddRange(Enumerable.Range(0, 41).Select(static level => (byte)(8 + (3 * level))));
        bytes.AddRange([0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 41, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)table]);

        Assert.Null(PropertyList.Parse(bytes.ToArray(), out string? defect));
        Assert.Contains("too many values", defect, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE plist [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]><plist version=\"1.0\"><string>&b;</string></plist>")]
    [InlineData("<!DOCTYPE plist [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><plist version=\"1.0\"><string>&f;</string></plist>")]
    [InlineData("<plist version=\"1.0\"><dict><string>no key</string></dict></plist>")]
    [InlineData("<plist version=\"1.0\"><integer>99999999999999999999</integer></plist>")]
    [InlineData("<plist version=\"1.0\"><set/></plist>")]
    [InlineData("<html/>")]
    public void Entities_and_what_is_no_list_are_refused(string xml)
    {
        Assert.Null(PropertyList.Parse(Encoding.UTF8.GetBytes(xml), out string? defect));
        Assert.False(string.IsNullOrEmpty(defect));
    }

    [Fact]
    public void Endless_nesting_in_XML_ends()
    {
        string xml = "<plist version=\"1.0\">" + string.Concat(Enumerable.Repeat("<array>", 100_000));

        Assert.Null(PropertyList.Parse(Encoding.UTF8.GetBytes(xml), out string? defect));
        Assert.Contains("nested too deeply", defect, StringComparison.Ordinal);
    }
}
