using System.Globalization;
using Sonde.Host;
using Sonde.Host.Systems;

namespace Sonde.Windows.Tests;

/// <summary>What `sonde host` tells of Wine's Windows: registry and WMI for real, by COM; performance counters as far as Wine has them.</summary>
public sealed class HostSystemTests
{
    // COM keeps its connections to other processes open, made when it is first needed.
    static HostSystemTests()
    {
        using var system = HostSystem.Open();
        system.Collect();
    }

    [Fact]
    public void The_system_is_the_one_that_the_runtime_knows()
    {
        using var system = HostSystem.Open();
        HostRecord host = system.Collect();

        Assert.Matches(@"^Windows NT 10\.0\.\d+$", host.Kernel.Value);
        Assert.StartsWith(host.Kernel.Value["Windows NT 10.0.".Length..], host.Build.Value);
        Assert.Contains("Windows", host.Name.Value, StringComparison.Ordinal);
        Assert.Equal(Environment.MachineName, host.HostName.Value);
        Assert.Equal("AMD64", host.Architecture.Value);
        Assert.Equal(Environment.ProcessorCount, host.Processors.Value);
        Assert.True(host.MemoryBytes.Value > 64 * 1024 * 1024);
        Assert.True(host.Started.Value.UtcDateTime.Year > 2000);
    }

    [Fact]
    public void WMI_is_asked_in_turn_and_what_it_does_not_know_says_so()
    {
        using var system = HostSystem.Open();
        for (int round = 0; round < 3; round++)
        {
            HostRecord host = system.Collect();

            Assert.True(host.Manufacturer.HasValue && host.FirmwareVersion.HasValue, $"{host.Manufacturer}; {host.FirmwareVersion}");
            Assert.NotEqual(ReadingStatus.NotCollected, host.SecurityProducts.Status);
            Assert.True(host.SecurityProducts.HasValue || host.SecurityProducts.Reason is not null);
            Assert.True(host.Defender.HasValue || host.Defender.Reason is not null);
            Assert.True(host.Updates.HasValue || host.Updates.Reason is not null);
        }
    }

    [Fact]
    public void Memory_is_that_of_the_host_below()
    {
        string total = Oracle.ReadLinuxFile("proc/meminfo").Single(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        long bytes = 1024 * long.Parse(total.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        using var system = HostSystem.Open();

        Assert.InRange(system.Collect().MemoryBytes.Value, bytes * 9 / 10, bytes * 11 / 10);
    }

    [Fact]
    public void A_counter_that_is_missing_hides_no_other()
    {
        using var system = HostSystem.Open();
        system.CollectLoad();
        HostLoad load = system.CollectLoad();

        Assert.InRange(load.ProcessorPercent.Value, 0, 100);
        Assert.True(load.Uptime.Value > TimeSpan.Zero);
        foreach (Reading<double> rate in new[] { load.ContextSwitchesPerSecond, load.DiskReadBytesPerSecond, load.NetworkSentBytesPerSecond })
        {
            Assert.True(rate.HasValue || rate.Reason is not null, rate.ToString());
        }
    }
}
