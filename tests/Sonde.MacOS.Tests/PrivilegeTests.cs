using Sonde.Host;
using Sonde.Host.Privileges;
using Sonde.Host.Privileges.MacOS;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests;

public sealed class PrivilegeTests
{
    [Fact]
    public void Devices_in_use_are_passed_until_one_opens()
    {
        using var system = new LookAlike { ["bpf.busy"] = 2 };

        PrivilegeReport report = new MacOSProcessPrivileges().Read();

        Assert.Equal(
            [("/dev/bpf0", ReadingStatus.Failed), ("/dev/bpf1", ReadingStatus.Failed), ("/dev/bpf2", ReadingStatus.Ok)],
            report.Devices.Value.Select(device => (device.Device, device.Status)));
        Assert.Equal(ReadingStatus.Unsupported, report.Rights.Status);
        Assert.Equal(Environment.IsPrivilegedProcess, report.IsAdministrator);
    }

    [Theory]
    [InlineData(Darwin.EACCES, ReadingStatus.Denied)]
    [InlineData(Darwin.EPERM, ReadingStatus.Denied)]
    [InlineData(Darwin.ENOENT, ReadingStatus.None)]
    [InlineData(Darwin.ENXIO, ReadingStatus.None)]
    [InlineData(Darwin.ENOMEM, ReadingStatus.Failed)]
    public void A_refusal_ends_the_search_and_keeps_the_words_of_the_system(int error, ReadingStatus status)
    {
        using var system = new LookAlike { ["fail.open"] = error };

        DeviceAccess device = Assert.Single(new MacOSProcessPrivileges().Read().Devices.Value);

        Assert.Equal(("/dev/bpf0", status), (device.Device, device.Status));
        Assert.Contains($"errno {error}", device.Reason, StringComparison.Ordinal);
        Assert.Equal(1, system["open"]);
    }

    [Fact]
    public void When_every_device_is_in_use_the_search_ends_with_the_last()
    {
        using var system = new LookAlike { ["bpf.busy"] = 100_000 };

        Assert.Equal(BpfDevice.MaxDevices, new MacOSProcessPrivileges().Read().Devices.Value.Count);
    }

    [Fact]
    public void The_ladder_names_what_would_open_the_devices()
    {
        using var system = new LookAlike { ["fail.open"] = Darwin.EACCES };

        BackendStatus devices = new MacOSProcessPrivileges().Check()[1];

        Assert.Equal((BackendState.Denied, "open(/dev/bpf0)"), (devices.State, devices.Operation));
        Assert.Equal(["root", "read and write access to /dev/bpf0"], devices.MissingRights);
    }

    [Fact]
    public void Giving_up_rights_says_that_root_cannot_be_given_up_in_parts()
    {
        using var system = new LookAlike();

        PrivilegeDrop drop = new MacOSProcessPrivileges().Drop([]);

        Assert.Empty(drop.Dropped);
        Assert.Equal(ReadingStatus.Unsupported, drop.NoNewPrivileges.Status);
        Assert.Equal(Environment.IsPrivilegedProcess ? ["root"] : [], drop.Gaps.Select(gap => gap.What));
    }

    [Fact]
    public void No_name_is_a_right_of_macOS() =>
        Assert.Throws<ArgumentException>(() => new MacOSProcessPrivileges().Drop(["CAP_NET_RAW"]));
}
