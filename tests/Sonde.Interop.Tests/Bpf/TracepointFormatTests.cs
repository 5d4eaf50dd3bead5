using Sonde.Interop.Linux.Bpf;

namespace Sonde.Interop.Tests.Bpf;

public sealed class TracepointFormatTests
{
    // What tracefs of Linux 6.18 shows, without the print format.
    private const string Sample = """
        name: inet_sock_set_state
        ID: 1483
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:const void * skaddr;	offset:8;	size:8;	signed:0;
        	field:__u8 saddr[4];	offset:32;	size:4;	signed:0;

        print fmt: "family=%s", REC->family
        """;

    [Fact]
    public void Number_and_fields_are_read()
    {
        TracepointFormat format = TracepointFormat.Parse(System.Text.Encoding.UTF8.GetBytes(Sample))!; // a well-formed one

        Assert.Equal(1483, format.Id);
        Assert.Equal(["common_type", "common_pid", "skaddr", "saddr"], format.Fields.Select(field => field.Name));
        Assert.Equal(new TracepointField("skaddr", 8, 8, false), format.Find("skaddr"));
        Assert.True(format.Find("common_pid")!.Value.IsSigned);
        Assert.Null(format.Find("family"));
    }

    [Fact]
    public void Text_without_a_number_is_no_format() => Assert.Null(TracepointFormat.Parse("field:int x; offset:1"u8));

    [Fact]
    public void Mutations_do_not_throw()
    {
        var random = new Random(20261121);
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(Sample);
            for (int change = 0; change < 5; change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            TracepointFormat? format = TracepointFormat.Parse(bytes.AsSpan(0, random.Next(bytes.Length)));
            Assert.True(format is null || format.Fields.Count <= 4);
        }
    }
}
