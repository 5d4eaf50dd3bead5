using System.Runtime.Versioning;
using Sonde.Interop.Linux;

namespace Sonde.Interop.Tests;

[SupportedOSPlatform("linux")]
public sealed class AllThreadsTests
{
    private static readonly ThreadCall s_call = new(0x1122334455667788, 1, -1, 0, 0x10000, 7);

    // What an assembler makes of: movabs rax/rdi/rsi/rdx/r10/r8, syscall, ret.
    [Fact]
    public void The_x64_code_loads_every_register_and_returns() => Assert.Equal(
        "48B88877665544332211" + "48BF0100000000000000" + "48BEFFFFFFFFFFFFFFFF" + "48BA0000000000000000" + "49BA0000010000000000" + "49B80700000000000000" + "0F05" + "C3",
        Convert.ToHexString(AllThreads.Write([s_call], x64: true)));

    // movz x8 … movk x8, lsl 48; x0 … x4; svc #0; ret, as the ARM manual encodes them.
    [Fact]
    public void The_arm64_code_loads_every_register_and_returns()
    {
        byte[] code = AllThreads.Write([s_call], x64: false);

        Assert.Equal((6 * 4 * 4) + 4 + 4, code.Length);
        Assert.Equal("08F18ED2" + "C8ACAAF2" + "8868C6F2" + "4824E2F2", Convert.ToHexString(code.AsSpan(0, 16)));
        Assert.Equal("200080D2", Convert.ToHexString(code.AsSpan(16, 4))); // movz x0, #1
        Assert.Equal("E1FF9FD2" + "E1FFBFF2" + "E1FFDFF2" + "E1FFFFF2", Convert.ToHexString(code.AsSpan(32, 16))); // x1 = -1
        Assert.Equal("010000D4" + "C0035FD6", Convert.ToHexString(code.AsSpan(96)));
    }
}
