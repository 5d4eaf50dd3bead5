using System.Text;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Unix;

namespace Sonde.Host.Tests.Processes.Unix;

public class CommandLineParserTests
{
    [Fact]
    public void Zeros_separate_arguments_and_empty_ones_count()
    {
        ProcessArguments arguments = Parse("/bin/sh\0-c\0\0a b\0");

        Assert.Equal(["/bin/sh", "-c", "", "a b"], arguments.Values);
        Assert.Equal("/bin/sh -c  a b", arguments.Text);
        Assert.False(arguments.IsOneText);
    }

    [Theory]
    [InlineData("nginx: worker process")]
    [InlineData("nginx: worker process\0\0\0\0\0")]
    public void A_text_that_a_process_wrote_over_its_arguments_is_one_text(string text)
    {
        ProcessArguments arguments = Parse(text);

        Assert.Equal(["nginx: worker process"], arguments.Values);
        Assert.True(arguments.IsOneText);
    }

    [Fact]
    public void A_program_whose_path_has_a_blank_keeps_its_arguments()
    {
        ProcessArguments arguments = Parse("/opt/My App/run\0--fast\0");

        Assert.Equal(["/opt/My App/run", "--fast"], arguments.Values);
        Assert.False(arguments.IsOneText);
    }

    [Fact]
    public void Bytes_that_are_no_text_stay_visible()
    {
        ProcessArguments arguments = CommandLineParser.Parse([(byte)'x', 0xFE, 0, 0xC3, 0xA4, 0], isTruncated: false, showSecrets: false);

        Assert.Equal([@"x\xfe", "ä"], arguments.Values);
    }

    [Fact]
    public void A_flood_of_empty_arguments_is_cut_and_says_so()
    {
        ProcessArguments arguments = CommandLineParser.Parse(new byte[100_000], isTruncated: false, showSecrets: false);

        Assert.True(arguments.IsTruncated);
        Assert.Equal(8192, arguments.Values.Count);
    }

    [Fact]
    public void A_command_line_that_was_cut_is_not_taken_for_one_text()
    {
        ProcessArguments arguments = CommandLineParser.Parse("a\0bcd"u8, isTruncated: true, showSecrets: false);

        Assert.True(arguments.IsTruncated);
        Assert.False(arguments.IsOneText);
        Assert.Equal(["a", "bcd"], arguments.Values);
    }

    [Fact]
    public void Secrets_are_masked_unless_they_are_asked_for()
    {
        byte[] line = "mysql\0-phunter2\0--host=db\0"u8.ToArray();

        ProcessArguments masked = CommandLineParser.Parse(line, isTruncated: false, showSecrets: false);
        ProcessArguments shown = CommandLineParser.Parse(line, isTruncated: false, showSecrets: true);

        Assert.Equal(["mysql", "-p***", "--host=db"], masked.Values);
        Assert.Equal("mysql -p*** --host=db", masked.Text);
        Assert.Equal(1, masked.MaskedCount);
        Assert.Equal("mysql -phunter2 --host=db", shown.Text);
        Assert.Equal(0, shown.MaskedCount);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(99);
        for (int round = 0; round < 3_000; round++)
        {
            byte[] bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            for (int at = 0; at < bytes.Length; at++)
            {
                if (random.Next(3) == 0)
                {
                    bytes[at] = (byte)"\0 -=:/@?&p\"'"[random.Next(12)];
                }
            }

            Assert.NotEmpty(CommandLineParser.Parse(bytes, isTruncated: random.Next(2) == 0, showSecrets: false).Values);
        }
    }

    private static ProcessArguments Parse(string text) => CommandLineParser.Parse(Encoding.UTF8.GetBytes(text), isTruncated: false, showSecrets: false);
}
