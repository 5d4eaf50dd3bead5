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
    public void Load_is_what_the_files_of_the_kernel_say_and_rates_are_by_the_time_between_two_readings()
    {
        using var root = new HostRoot();
        var time = new HandTime();
        using var system = new LinuxHostSystem(root.Path, time);
        root.Write("proc/1/stat", string.Empty);
        root.Write("proc/22/stat", string.Empty);
        root.Write("proc/2nd/stat", string.Empty); // begins like one
        root.Write("sys/block/sda/device/model", "a disk");
        root.Write("sys/block/dm-0/size", "1"); // the same bytes again
        Write(root, factor: 1);

        HostLoad first = system.CollectLoad();
        time.Now += 2;
        Write(root, factor: 3);
        HostLoad second = system.CollectLoad();

        Assert.Equal((TimeSpan.FromSeconds(3600.5), 2L, 456L, 4L), (first.Uptime.Value, first.Processes.Value, first.Threads.Value, first.ProcessorQueue.Value));
        Assert.Equal([0.5, 1.25, 2], first.LoadAverages.Value);
        Assert.Equal((60 * 1024L, 30 * 1024L, 70 * 1024L, 90 * 1024L), (first.MemoryAvailableBytes.Value, first.SwapUsedBytes.Value, first.CommittedBytes.Value, first.CommitLimitBytes.Value));
        Assert.Equal((ReadingStatus.NotCollected, ReadingStatus.NotCollected), (first.ProcessorPercent.Status, first.NetworkSentBytesPerSecond.Status));
        Assert.Equal((20.0, 100.0), (second.ProcessorPercent.Value, second.ContextSwitchesPerSecond.Value));
        Assert.Equal((500.0, 200.0), (second.NetworkReceivedBytesPerSecond.Value, second.NetworkSentBytesPerSecond.Value));
        Assert.Equal((10 * 512.0, 30 * 512.0), (second.DiskReadBytesPerSecond.Value, second.DiskWriteBytesPerSecond.Value));
    }

    [Fact]
    public void Secure_boot_is_not_asked_of_a_host_without_UEFI_and_not_known_where_its_variables_are_hidden()
    {
        using var root = new HostRoot();
        using var system = new LinuxHostSystem(root.Path, TimeProvider.System);
        Assert.Equal(ReadingStatus.None, system.Collect().SecureBoot.Status);

        root.Write("sys/firmware/efi/fw_platform_size", "64");
        Assert.Equal(ReadingStatus.Unsupported, system.Collect().SecureBoot.Status);
    }

    [Fact]
    public void An_empty_host_has_reasons_for_everything()
    {
        using var root = new HostRoot();
        using var system = new LinuxHostSystem(root.Path, TimeProvider.System);

        AssertReasons(system.Collect());
        AssertReasons(system.CollectLoad());
    }

    // What counts upwards is its first value times the factor.
    private static void Write(HostRoot root, int factor)
    {
        root.Write("proc/uptime", "3600.50 7000.25\n");
        root.Write("proc/loadavg", "0.50 1.25 2.00 3/456 789\n");
        root.Write("proc/stat", $"cpu  {10 * factor} 0 {10 * factor} {70 * factor} {10 * factor} 0 0 0 0 0\nctxt {100 * factor}\nprocs_running 4\n");
        root.Write("proc/meminfo", "MemTotal: 100 kB\nMemAvailable: 60 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\nCommitLimit: 90 kB\nCommitted_AS: 70 kB\n");
        root.Write("proc/diskstats", $"   8 0 sda 1 0 {10 * factor} 0 1 0 {30 * factor} 0 0 0 0\n 253 0 dm-0 1 0 {10 * factor} 0 1 0 {30 * factor} 0 0 0 0\n");
        root.Write(
            "proc/self/net/dev",
            "Inter-|   Receive                                                |  Transmit\n"
            + " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n"
            + $"    lo: {9000 * factor} 1 0 0 0 0 0 0 {9000 * factor} 1 0 0 0 0 0 0\n  eth0: {500 * factor} 1 0 0 0 0 0 0 {200 * factor} 1 0 0 0 0 0 0\n");
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

    private sealed class HandTime : TimeProvider
    {
        internal long Now { get; set; } = 1;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Now;
    }

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
