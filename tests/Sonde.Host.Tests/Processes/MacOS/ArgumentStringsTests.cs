using System.Text;
using Sonde.Host.Processes.MacOS;
using Sonde.Host.Tests.Linux;

namespace Sonde.Host.Tests.Processes.MacOS;

public class ArgumentStringsTests
{
    private const string Strings = "/bin/sh\0\0\0\0sh\0-c\0\0a b\0HOME=/root\0XPC_SERVICE_NAME=com.example.job\0\0ptr_munge=\0main_stack=\0";

    [Fact]
    public void Path_arguments_and_environment_are_told_apart()
    {
        Assert.True(ArgumentStrings.TryParse(Bytes(4), out ArgumentStrings strings));

        Assert.Equal("/bin/sh", Text(strings.Path));
        Assert.Equal("sh\0-c\0\0a b\0", Text(strings.Arguments));
        Assert.Equal("HOME=/root\0XPC_SERVICE_NAME=com.example.job\0", Text(strings.Environment));
        Assert.False(strings.IsCut);
    }

    [Fact]
    public void A_variable_is_found_by_its_whole_name()
    {
        Assert.True(ArgumentStrings.TryParse(Bytes(4), out ArgumentStrings strings));

        Assert.True(strings.TryGetVariable("XPC_SERVICE_NAME"u8, out ReadOnlySpan<byte> value));
        Assert.Equal("com.example.job", Text(value));
        Assert.False(strings.TryGetVariable("XPC_SERVICE"u8, out _));
        Assert.False(strings.TryGetVariable("ptr_munge"u8, out _));
    }

    [Theory]
    [InlineData(0, "", false)]
    [InlineData(1, "sh\0", false)]
    [InlineData(100, "sh\0-c\0\0a b\0HOME=/root\0XPC_SERVICE_NAME=com.example.job\0\0ptr_munge=\0main_stack=\0", true)]
    [InlineData(int.MaxValue, "sh\0-c\0\0a b\0HOME=/root\0XPC_SERVICE_NAME=com.example.job\0\0ptr_munge=\0main_stack=\0", true)]
    public void A_number_of_arguments_is_believed_as_far_as_there_are_any(int count, string expected, bool isCut)
    {
        Assert.True(ArgumentStrings.TryParse(Bytes(count), out ArgumentStrings strings));

        Assert.Equal((expected, isCut), (Text(strings.Arguments), strings.IsCut));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_number_below_zero_is_no_command_line(int count) => Assert.False(ArgumentStrings.TryParse(Bytes(count), out _));

    [Fact]
    public void A_path_without_an_end_is_no_command_line()
    {
        Assert.False(ArgumentStrings.TryParse([1, 0, 0, 0, (byte)'/', (byte)'a'], out _));
        Assert.False(ArgumentStrings.TryParse([1, 0, 0, 0], out _));
        Assert.False(ArgumentStrings.TryParse([], out _));
    }

    [Fact]
    public void An_environment_without_an_end_goes_to_the_last_byte()
    {
        Assert.True(ArgumentStrings.TryParse([1, 0, 0, 0, .. "/a\0a\0B=c\0D=e"u8], out ArgumentStrings strings));

        Assert.Equal("B=c\0D=e", Text(strings.Environment));
    }

    [Fact]
    public void Nothing_but_a_path_has_no_arguments_and_is_cut()
    {
        Assert.True(ArgumentStrings.TryParse([1, 0, 0, 0, .. "/a\0\0\0"u8], out ArgumentStrings strings));

        Assert.Equal((0, 0, true), (strings.Arguments.Length, strings.Environment.Length, strings.IsCut));
    }

    [Fact]
    public void Torn_and_damaged_bytes_stay_within_their_bounds()
    {
        ProcFuzz.EveryPrefix(Bytes(4), Check);
        ProcFuzz.Mutations(Bytes(4), 20_000, Check);

        static void Check(byte[] bytes)
        {
            if (ArgumentStrings.TryParse(bytes, out ArgumentStrings strings))
            {
                Assert.True(strings.Path.Length + strings.Arguments.Length + strings.Environment.Length < bytes.Length);
                _ = strings.TryGetVariable("HOME"u8, out _);
            }
        }
    }

    private static byte[] Bytes(int count) => [.. BitConverter.GetBytes(count), .. Encoding.UTF8.GetBytes(Strings)];

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
