using Sonde.Host.Processes.Linux;

namespace Sonde.Host.Tests.Processes.Linux;

public class LinuxTerminalsTests
{
    [Theory]
    [InlineData(34816u, "pts/0")]
    [InlineData((137u << 8) | 44, "pts/300")]
    [InlineData(1025u, "tty1")]
    [InlineData((4u << 8) | 64, "ttyS0")]
    [InlineData((5u << 8) | 1, "console")]
    [InlineData((204u << 8) | 3, "204:3")]
    public void Terminals_have_names_by_their_numbers(uint device, string expected) => Assert.Equal(expected, LinuxTerminals.NameOf(device));
}
