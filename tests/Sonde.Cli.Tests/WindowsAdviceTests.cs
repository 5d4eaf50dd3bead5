using System.Runtime.InteropServices;
using Sonde.Cli.Errors;
using Sonde.Host;
using Sonde.Tun;

namespace Sonde.Cli.Tests;

/// <summary>What a user of Windows is told to type; checked on every system, for it is text.</summary>
public sealed class WindowsAdviceTests
{
    [Theory]
    [InlineData(Architecture.X64, @"bin\amd64\")]
    [InlineData(Architecture.Arm64, @"bin\arm64\")]
    [InlineData(Architecture.X86, @"bin\x86\")]
    [InlineData(Architecture.Arm, @"bin\arm\")]
    public void Without_Wintun_the_file_for_this_processor_is_named(Architecture architecture, string folder)
    {
        var missing = new TunException(TunFailure.Unavailable, @"LoadLibrary(C:\tools\wintun.dll)", "sonde0", 126, "the file does not exist");

        IReadOnlyList<string> advice = new WindowsAdvice("Windows", architecture).For(missing);

        Assert.Contains(advice, line => line.Contains(folder + "wintun.dll", StringComparison.Ordinal) && line.Contains(AppContext.BaseDirectory.TrimEnd('\\'), StringComparison.Ordinal));
        Assert.Contains(advice, static line => line.EndsWith("https://www.wintun.net/builds/wintun-0.14.1.zip", StringComparison.Ordinal));
    }

    [Fact]
    public void What_fetching_does_not_help_gets_no_advice()
    {
        var advice = new WindowsAdvice("Windows", Architecture.X64);

        Assert.Empty(advice.For(new TunException(TunFailure.Unavailable, "CreateUnicastIpAddressEntry(fd00::1/64)", "sonde0", 1168, "IPv6 is switched off on this adapter")));
        Assert.Empty(advice.For(new TunException(TunFailure.Busy, "WintunStartSession", "sonde0", 1247, "already initialized")));
        Assert.Empty(advice.For(new BackendStatus("tun", "wintun", BackendState.Available, "TUN devices", "WintunOpenAdapter", null, 0, [])));
    }

    [Fact]
    public void A_missing_right_is_an_elevated_prompt()
    {
        var denied = new TunException(TunFailure.AccessDenied, "WintunOpenAdapter", "sonde0", 5, "access denied");

        Assert.Contains("elevated prompt", Assert.Single(new WindowsAdvice("Windows", Architecture.X64).For(denied)), StringComparison.Ordinal);
    }
}
