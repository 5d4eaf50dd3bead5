using System.Buffers;
using System.Text;
using System.Text.Json;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Testing;

namespace Sonde.Cli.Tests;

public sealed class JsonTextTests
{
    [Fact]
    public void Any_text_comes_back_as_it_was_from_another_reader()
    {
        foreach (string text in (string[])["", "eth0", "a\"b\\c", "tab\tline\nreturn\r\0\u001f\u007f", "ü€😀", "\u202Eexe.txt", "\u2028\u0085"])
        {
            Assert.Equal(text, Parse(Write(json => json.Value(text))).GetString());
            Assert.Equal(text, Parse(Write(json => json.Value(Encoding.UTF8.GetBytes(text)))).GetString());
        }
    }

    [Fact]
    public void What_is_no_text_is_written_as_the_replacement_character()
    {
        Assert.Equal("a\uFFFDb", Parse(Write(json => json.Value("a\uD800b"))).GetString());
        Assert.Equal("a\uFFFDb", Parse(Write(json => json.Value([(byte)'a', 0xFF, (byte)'b']))).GetString());
    }

    [Fact]
    public void Characters_that_command_a_terminal_never_stand_there_as_they_are()
    {
        string json = Write(static json => json.Value("\u001b[31m\u009b\u202e\u2066\u007f"));

        Assert.Equal("\"\\u001b[31m\\u009b\\u202e\\u2066\\u007f\"", json.TrimEnd('\n'));
    }

    [Fact]
    public void Seeded_random_text_survives_the_way_through()
    {
        var random = new Random(7);
        for (int round = 0; round < 2_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => new Rune(random.Next(3) == 0 ? random.Next(0xE000, 0x10FFFF) : random.Next(0x250)).ToString()));

            Assert.Equal(text, Parse(Write(json => json.Value(text))).GetString());
        }
    }

    [Fact]
    public void Numbers_are_written_in_full()
    {
        Assert.Equal("[18446744073709551615,-9223372036854775808,0.1,null,true]\n", Write(static json =>
        {
            json.BeginArray();
            json.Value(ulong.MaxValue);
            json.Value(long.MinValue);
            json.Value(0.1);
            json.Value(double.NaN);
            json.Value(true);
            json.EndArray();
        }));
    }

    [Fact]
    public void A_reading_without_value_is_null_with_its_reason_beside_it()
    {
        Assert.Equal("{\"a\":null,\"a_reason\":\"denied: no\",\"b\":5}\n", Write(static json =>
        {
            json.BeginObject();
            json.Property("a"u8, Reading.Denied<string>("no"));
            json.Property("b"u8, Reading.Ok(5));
            json.EndObject();
        }));
    }

    [Fact]
    public void For_people_a_document_is_spread_over_lines_and_stays_the_same_document()
    {
        string pretty = Write(Document, isIndented: true);

        Assert.Equal(
            """
            {
              "list": [
                1,
                {
                  "x": "y"
                }
              ],
              "none": [],
              "empty": {}
            }

            """.ReplaceLineEndings("\n"),
            pretty);
        Assert.Equal(Write(Document).TrimEnd('\n'), JsonSerializer.Serialize(Parse(pretty)));

        static void Document(JsonText json)
        {
            json.BeginObject();
            json.BeginArray("list"u8);
            json.Value(1L);
            json.BeginObject();
            json.Property("x"u8, "y");
            json.EndObject();
            json.EndArray();
            json.BeginArray("none"u8);
            json.EndArray();
            json.BeginObject("empty"u8);
            json.EndObject();
            json.EndObject();
        }
    }

    [Fact]
    public void Each_line_is_a_document_of_its_own_and_costs_no_allocation()
    {
        var output = new ArrayBufferWriter<byte>(4096);
        var json = new JsonText(output);
        Line(json);
        output.ResetWrittenCount();

        Assert.Equal(0, AllocationWatch.Least(() =>
        {
            output.ResetWrittenCount();
            for (int i = 0; i < 20; i++)
            {
                Line(json);
            }
        }));
        Assert.All(Encoding.UTF8.GetString(output.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Equal(7, Parse(line).GetProperty("n").GetInt32()));

        static void Line(JsonText json)
        {
            json.BeginObject();
            json.Property("n"u8, 7L);
            json.Property("t"u8, "ü\n"u8);
            json.Property("time"u8, DateTimeOffset.UnixEpoch);
            json.EndObject();
            json.EndLine();
        }
    }

    private static string Write(Action<JsonText> write, bool isIndented = false)
    {
        var output = new ArrayBufferWriter<byte>();
        var json = new JsonText(output);
        json.Begin(isIndented);
        write(json);
        json.EndLine();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
