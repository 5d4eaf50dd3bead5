using System.Buffers.Binary;
using System.Text;
using Sonde.Host;
using Sonde.Host.Systems;
using Sonde.Host.Systems.MacOS;

namespace Sonde.MacOS.Tests.Systems;

public sealed class HostSystemTests
{
    [Fact]
    public void A_Mac_tells_its_system_its_hardware_and_its_integrity_protection()
    {
        using var system = new LookAlike();
        Put(system, "kern.osproductversion", "15.1");
        Put(system, "kern.osversion", "24B83");
        Put(system, "kern.ostype", "Darwin");
        Put(system, "kern.osrelease", "24.1.0");
        Put(system, "kern.hostname", "mac.local");
        Put(system, "hw.machine", "arm64");
        Put(system, "hw.model", "Mac15,3");
        Put(system, "machdep.cpu.brand_string", "Apple M3");
        system.SetList("hw.logicalcpu", [8, 0, 0, 0]);
        system.SetList("hw.memsize", [0, 0, 0, 0, 4, 0, 0, 0]);
        system.SetList("kern.hv_vmm_present", [0, 0, 0, 0]);
        system.SetList("kern.boottime", Time(1_700_000_000));
        using var mac = new MacOSHostSystem();

        HostRecord host = mac.Collect();

        Assert.Equal(("macOS", "15.1", "24B83", "Darwin 24.1.0"), (host.Name.Value, host.Version.Value, host.Build.Value, host.Kernel.Value));
        Assert.Equal(("mac.local", "arm64", "Mac15,3", "Apple M3"), (host.HostName.Value, host.Architecture.Value, host.Model.Value, host.Processor.Value));
        Assert.Equal((8, 16L << 30), (host.Processors.Value, host.MemoryBytes.Value));
        Assert.Equal(ReadingStatus.None, host.Hypervisor.Status);
        Assert.Equal(1_700_000_000, host.Started.Value.ToUnixTimeSeconds());
        Assert.True(host.SystemIntegrity.HasValue, host.SystemIntegrity.ToString());
    }

    [Fact]
    public void A_name_that_this_version_does_not_know_is_not_supported()
    {
        using var system = new LookAlike();
        using var mac = new MacOSHostSystem();

        HostRecord host = mac.Collect();

        Assert.Equal(ReadingStatus.Unsupported, host.Model.Status);
        Assert.Equal("this macOS knows no hw.model", host.Model.Reason);
    }

    [Fact]
    public void Answers_of_the_wrong_size_are_failures()
    {
        using var system = new LookAlike();
        system.SetList("hw.memsize", [1, 2, 3]);
        system.SetList("kern.boottime", [1, 2, 3, 4]);
        system.SetList("vm.loadavg", [1, 2]);
        system.SetList("vm.swapusage", []);
        using var mac = new MacOSHostSystem();

        HostRecord host = mac.Collect();
        HostLoad load = mac.CollectLoad();

        Assert.Equal((ReadingStatus.Failed, ReadingStatus.Failed), (host.MemoryBytes.Status, host.Started.Status));
        Assert.Equal((ReadingStatus.Failed, ReadingStatus.Failed), (load.LoadAverages.Status, load.SwapUsedBytes.Status));
    }

    [Fact]
    public void Load_is_what_sysctl_tells()
    {
        using var system = new LookAlike();
        byte[] averages = new byte[24]; // struct loadavg: fixed point of 2048
        BinaryPrimitives.WriteUInt32LittleEndian(averages, 3072);
        BinaryPrimitives.WriteUInt32LittleEndian(averages.AsSpan(4), 2048);
        BinaryPrimitives.WriteUInt32LittleEndian(averages.AsSpan(8), 1024);
        BinaryPrimitives.WriteInt64LittleEndian(averages.AsSpan(16), 2048);
        byte[] swap = new byte[32];
        BinaryPrimitives.WriteInt64LittleEndian(swap, 4096);
        BinaryPrimitives.WriteInt64LittleEndian(swap.AsSpan(16), 1024);
        system.SetList("vm.loadavg", averages);
        system.SetList("vm.swapusage", swap);
        system.SetList("hw.memsize", [0, 0, 0, 0, 4, 0, 0, 0]);
        system.SetList("kern.memorystatus_level", [25, 0, 0, 0]);
        system.SetList("kern.boottime", Time(1_700_000_000));
        using var mac = new MacOSHostSystem();

        mac.CollectLoad();
        HostLoad load = mac.CollectLoad();

        Assert.Equal([1.5, 1, 0.5], load.LoadAverages.Value);
        Assert.Equal(1024, load.SwapUsedBytes.Value);
        Assert.Equal((16L << 30) / 100 * 25, load.MemoryAvailableBytes.Value);
        Assert.True(load.Processes.HasValue, load.Processes.ToString());
        Assert.True(load.Uptime.Value > TimeSpan.Zero);
        Assert.Equal(ReadingStatus.Unsupported, load.ProcessorPercent.Status);
    }

    private static void Put(LookAlike system, string name, string value) => system.SetList(name, Encoding.UTF8.GetBytes(value + "\0"));

    private static byte[] Time(long seconds)
    {
        byte[] time = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(time, seconds);
        return time;
    }
}
