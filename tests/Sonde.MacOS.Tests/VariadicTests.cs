using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;

namespace Sonde.MacOS.Tests;

public sealed class VariadicTests
{
    private static readonly nint s_argument = unchecked((nint)0x1234_5678_9ABC);

    [Fact]
    public void The_x64_form_of_ioctl_passes_its_argument_third()
    {
        using var system = new LookAlike { ["ioctl.echo"] = 1 };
        using FileDescriptor fd = LibSystem.socket(Darwin.AF_INET6, Darwin.SOCK_DGRAM, 0);

        Assert.Equal(fd.DangerousGetHandle(), LibSystem.Ioctl(fd, LibSystem.SIOCGIFMEDIA, s_argument, onStack: false));
        Assert.Equal(s_argument, system["ioctl.argument"]);
    }

    [Fact]
    public void The_arm64_form_of_ioctl_passes_its_argument_ninth_after_six_zeros()
    {
        using var system = new LookAlike { ["ioctl.echo"] = 1, ["variadics.ninth"] = 1 };
        using FileDescriptor fd = LibSystem.socket(Darwin.AF_INET6, Darwin.SOCK_DGRAM, 0);

        Assert.Equal(fd.DangerousGetHandle(), LibSystem.Ioctl(fd, LibSystem.SIOCGIFMEDIA, s_argument, onStack: true));
        Assert.Equal(s_argument, system["ioctl.argument"]);
        Assert.Equal(0, system["variadics.dirty"]);
    }

    [Fact]
    public void An_ioctl_request_with_its_highest_bit_set_is_not_sign_extended()
    {
        using var system = new LookAlike { ["ioctl.echo"] = 1 };
        using FileDescriptor fd = LibSystem.socket(Darwin.AF_INET6, Darwin.SOCK_DGRAM, 0);

        Assert.True(LibSystem.Ioctl(fd, LibSystem.SIOCGIFALIFETIME_IN6, 0, onStack: false) >= 0);
        Assert.Equal(0xC1206951L, system["ioctl.request"]);
    }

    [Fact]
    public void Both_forms_of_fcntl_pass_their_argument_where_it_is_looked_for()
    {
        using var system = new LookAlike { ["fcntl.echo"] = 1 };
        using FileDescriptor fd = LibSystem.socket(Darwin.AF_INET6, Darwin.SOCK_DGRAM, 0);

        Assert.True(LibSystem.Fcntl(fd, LibSystem.F_SETFL, s_argument, onStack: false) >= 0);
        Assert.Equal(s_argument, system["fcntl.argument"]);

        system["variadics.ninth"] = 1;
        Assert.True(LibSystem.Fcntl(fd, LibSystem.F_SETFL, s_argument - 1, onStack: true) >= 0);
        Assert.Equal(s_argument - 1, system["fcntl.argument"]);
        Assert.Equal(0, system["variadics.dirty"]);
    }

    [Fact]
    public void The_form_in_use_is_the_one_of_this_processor() =>
        Assert.Equal(System.Runtime.Intrinsics.Arm.ArmBase.Arm64.IsSupported, LibSystem.PassesVariadicsOnStack);
}
