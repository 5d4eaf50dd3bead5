using System.Globalization;
using System.Reflection;
using System.Runtime.Versioning;
using Sonde.Host;
using Sonde.Host.Systems;
using Sonde.Host.Systems.Linux;
using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>What `sonde host` tells, against the tools that every Linux has, and against a host made of files.</summary>
[SupportedOSPlatform("linux")]
public sealed class HostSystemTests
{
    [Fact]
    public void The_host_is_the_one_that_uname_and_getconf_tell()
    {
        using var system = HostSystem.Open();
        HostRecord host = system.Collect();

        Assert.Equal(Run("uname", "-sr"), host.Kernel.Value);
        Assert.Equal(Run("uname", "-m"), host.Architecture.Value);
        Assert.Equal(Run("uname", "-n"), host.HostName.Value);
        Assert.Equal(Run("getconf", "_NPROCESSORS_ONLN"), host.Processors.Value.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(Run("sh", "-c", ". /etc/os-release; echo \"$PRETTY_NAME\""), host.Name.Value);
        Assert.Equal(Run("sh", "-c", "awk '/^btime/ {print $2}' /proc/stat"), host.Started.Value.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Every_fact_has_a_value_or_a_reason()
    {
        using var system = HostSystem.Open();

        AssertReasons(system.Collect());
        system.CollectLoad();
        AssertReasons(system.CollectLoad());
    }

    [Fact]
    public void Load_is_measured_between_two_readings()
    {
        using var system = HostSystem.Open();
        HostLoad first = system.CollectLoad();
        HostLoad second = system.CollectLoad();

        Assert.Equal(ReadingStatus.NotCollected, first.ContextSwitchesPerSecond.Status);
        Assert.True(second.ContextSwitchesPerSecond.Value >= 0);
        Assert.InRange(second.MemoryAvailableBytes.Value, 1, system.Collect().MemoryBytes.Value);
        Assert.True(second.Processes.Value > 0 && second.Threads.Value > 0);
        Assert.Equal(3, second.LoadAverages.Value.Count);
        Assert.True(second.Uptime.Value > TimeSpan.Zero);
    }

    [Fact]
    public void A_host_with_firmware_tables_and_security_modules_tells_them()
    {
        using var root = new HostRoot();
        root.Write("sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
        root.Write("sys/class/dmi/id/product_name", "PowerEdge R640\n");
        root.Write("sys/class/dmi/id/bios_date", "\n");
        root.Write("sys/kernel/security/lsm", "lockdown,capability,yama,apparmor,selinux");
        root.Write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
        root.Write("sys/fs/selinux/enforce", "0");
        root.Write("sys/module/apparmor/parameters/enabled", "Y\n");
        root.Write("proc/sys/kernel/yama/ptrace_scope", "1\n");
        root.Write("sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", "\x06\0\0\0\x01");
        using var system = new LinuxHostSystem(root.Path, TimeProvider.System);

        HostRecord host = system.Collect();

        Assert.Equal(("Dell Inc.", "PowerEdge R640"), (host.Manufacturer.Value, host.Model.Value));
        Assert.Equal((ReadingStatus.None, ReadingStatus.None), (host.FirmwareDate.Status, host.FirmwareVendor.Status));
        Assert.Equal(["lockdown", "capability", "yama", "apparmor", "selinux"], host.SecurityModules.Value);
        Assert.Equal(("integrity", "permissive", "enabled", "descendants", true), (host.Lockdown.Value, host.SELinux.Value, host.AppArmor.Value, host.PtraceScope.Value, host.SecureBoot.Value));
        AssertReasons(host);
    }

    [Fact]
    public void An_active_module_whose_files_are_hidden_is_not_called_inactive()
    {
        using var root = new HostRoot();
        root.Write("sys/kernel/security/lsm", "capability,selinux");
        using var system = new LinuxHostSystem(root.Path, TimeProvider.System);

        HostRecord host = system.Collect();

        Assert.Equal(ReadingStatus.Unsupported, host.SELinux.Status);
        Assert.Equal("AppArmor is not active", host.AppArmor.Reason);
        Assert.Equal("SELinux is active and its files are not mounted here", host.SELinux.Reason);
    }

    [Fact]
    public void A_board_without_DMI_tells_the_model_of_its_device_tree()
    {
        using var root = new HostRoot();
        root.Write("proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0");
        using var system = new LinuxHostSystem(root.Path, TimeProvider.System);

        Assert.Equal("Raspberry Pi 5 Model B Rev 1.0", system.Collect().Model.Value);
    }

    [Fact]
    public void An_empty_host_has_reasons_for_everything()
    {
        using var root = new HostRoot();
        using var system = new LinuxHostSystem(root.Path, TimeProvider.System);

        AssertReasons(system.Collect());
        AssertReasons(system.CollectLoad());
    }

    private static void AssertReasons(object record)
    {
        foreach (PropertyInfo property in record.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            object reading = property.GetValue(record)!; // a Reading is a struct
            var status = (ReadingStatus)reading.GetType().GetProperty("Status")!.GetValue(reading)!; // every Reading has it
            string? reason = (string?)reading.GetType().GetProperty("Reason")!.GetValue(reading);
            Assert.True(status == ReadingStatus.Ok || !string.IsNullOrEmpty(reason), $"{property.Name}: {status} without a reason");
        }
    }

    private static string Run(string program, params string[] arguments) => ChildProcess.Run(program, arguments).Output.TrimEnd('\n');

    private sealed class HostRoot : IDisposable
    {
        internal string Path { get; } = Directory.CreateTempSubdirectory("sonde-host").FullName;

        internal void Write(string path, string text)
        {
            string file = global::System.IO.Path.Combine(Path, path);
            Directory.CreateDirectory(global::System.IO.Path.GetDirectoryName(file)!); // it has a folder
            File.WriteAllText(file, text);
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
