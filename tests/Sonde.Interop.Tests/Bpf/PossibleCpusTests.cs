using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Interop.Tests.Bpf;

[SupportedOSPlatform("linux")]
public sealed class PossibleCpusTests
{
    [Theory]
    [InlineData("0\n", 1)]
    [InlineData("0-7\n", 8)]
    [InlineData("0,2-5", 6)]
    [InlineData("0-1,8", 9)]
    [InlineData("", 0)]
    [InlineData("0-", 0)]
    [InlineData("0-x", 0)]
    [InlineData("0-9999999999", 0)]
    [InlineData("0-20000", 0)]
    public void The_highest_number_counts(string text, int count) =>
        Assert.Equal(count, PossibleCpus.Parse(System.Text.Encoding.ASCII.GetBytes(text)));
}
