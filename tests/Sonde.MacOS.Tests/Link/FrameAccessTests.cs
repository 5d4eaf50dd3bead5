using Sonde.Interop.MacOS;
using Sonde.Link;
using Sonde.Link.MacOS;

namespace Sonde.MacOS.Tests.Link;

public sealed class FrameAccessTests
{
    [Fact]
    public void A_device_that_opens_is_access_and_is_closed_again()
    {
        using var system = new LookAlike();

        FrameAccess access = Check();

        Assert.Equal(("bpf", FrameAccessState.Available, "open(/dev/bpf0)"), (access.Backend, access.State, access.Operation));
        Assert.Null(access.Reason);
        Assert.Empty(access.MissingRights);
    }

    [Fact]
    public void A_check_asks_no_device_for_anything()
    {
        using var system = new LookAlike();

        Check();

        Assert.Equal(string.Empty, system.BpfRequests);
    }

    [Theory]
    [InlineData(Darwin.EACCES)]
    [InlineData(Darwin.EPERM)]
    public void A_refusal_ends_the_search_and_names_what_would_help(int error)
    {
        using var system = new LookAlike { ["fail.open"] = error };

        FrameAccess access = Check();

        Assert.Equal((FrameAccessState.Denied, "open(/dev/bpf0)", error), (access.State, access.Operation, access.NativeError));
        Assert.Contains("access_bpf", access.Reason, StringComparison.Ordinal);
        Assert.Equal(["root", "read and write access to /dev/bpf0"], access.MissingRights);
        Assert.Equal(1, system["open"]);
    }

    [Fact]
    public void A_new_device_that_was_not_given_to_the_group_is_denied_and_not_missing()
    {
        using var system = new LookAlike { ["bpf.busy"] = 4, ["fail.open"] = Darwin.EACCES };

        FrameAccess access = Check();

        Assert.Equal((FrameAccessState.Denied, "open(/dev/bpf4)"), (access.State, access.Operation));
        Assert.Contains("4 capture devices are in use", access.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_without_devices_is_told_from_one_whose_devices_are_all_in_use()
    {
        using var system = new LookAlike { ["fail.open"] = Darwin.ENOENT };
        FrameAccess none = Check();
        system["fail.open"] = 0;
        system["bpf.nodes"] = 4;
        system["bpf.busy"] = 4;
        FrameAccess used = Check();

        Assert.Equal((FrameAccessState.Unavailable, "open(/dev/bpf0)"), (none.State, none.Operation));
        Assert.Contains("no capture devices", none.Reason, StringComparison.Ordinal);
        Assert.Equal((FrameAccessState.Unavailable, "open(/dev/bpf4)"), (used.State, used.Operation));
        Assert.Contains("4 capture devices are in use, and there are no more", used.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_search_ends_with_the_last_device_there_can_be()
    {
        using var system = new LookAlike { ["bpf.busy"] = 100_000 };

        FrameAccess access = Check();

        Assert.Equal((FrameAccessState.Unavailable, Darwin.EBUSY, 256), (access.State, access.NativeError, system["open"]));
        Assert.Contains("all 256", access.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, Darwin.EACCES, LinkFailure.AccessDenied)]
    [InlineData(3, Darwin.EACCES, LinkFailure.AccessDenied)]
    [InlineData(0, Darwin.ENOENT, LinkFailure.BackendMissing)]
    [InlineData(3, Darwin.ENOENT, LinkFailure.Busy)]
    [InlineData(1000, 0, LinkFailure.Busy)]
    [InlineData(0, Darwin.ENOMEM, LinkFailure.System)]
    public void Opening_an_interface_says_the_same(int busy, int error, LinkFailure failure)
    {
        using var system = new LookAlike { ["bpf.busy"] = busy, ["fail.open"] = error };

        LinkException refused = Assert.Throws<LinkException>(() => new MacOSFrameLadder().Open("en0", new FrameDeviceOptions()));

        Assert.Equal((failure, "en0"), (refused.Failure, refused.InterfaceName));
        Assert.StartsWith("open(/dev/bpf", refused.Operation, StringComparison.Ordinal);
    }

    private static FrameAccess Check() => Assert.Single(new MacOSFrameLadder().Check());
}
