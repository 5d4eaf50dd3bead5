using System.Text.Json;
using Sonde.System.Tests.Bpf;
using Sonde.Testing;

namespace Sonde.System.Tests.Traffic;

/// <summary>How much of what interfaces counted the command can explain, with real traffic over a cable.</summary>
public sealed class CoverageTests
{
    [Theory]
    [InlineData("bpf", "")]
    [InlineData("bpf", " -u -b 200M")]
    [InlineData("packets", "")]
    [InlineData("packets", " -u -b 200M")]
    public void What_iperf3_sends_over_an_interface_is_covered(string mode, string how)
    {
        NeedsBpf.Check();
        using NetworkNamespace here = NeedsRoot.Namespace();
        using NetworkNamespace there = NeedsRoot.Namespace();
        here.Shell($"ip link add c0 type veth peer name c1 netns {Path.GetFileName(there.Run(static () => new FileInfo("/proc/thread-self").LinkTarget))} && ip addr add 10.82.0.1/24 dev c0 && ip link set c0 up");
        string server = there.Shell("ip addr add 10.82.0.2/24 dev c1 && ip link set c1 up; iperf3 -s >/dev/null 2>&1 & echo $!").Trim();
        try
        {
            // The client starts when the command counts: its thread is there. What is on its way in the last moment is within the allowance.
            using var document = JsonDocument.Parse(here.Shell(
                $$"""
                nsenter --mount=/proc/$PPID/ns/mnt "{{ChildProcess.Sonde}}" snapshot -d 600 --detail --capture-mode {{mode}} & p=$!
                for i in $(seq 400); do grep -qs sonde-traffic /proc/$p/task/*/comm && break; sleep 0.05; done
                for i in $(seq 100); do timeout 30 iperf3 -c 10.82.0.2 -t 2{{how}} 2>&1 | grep -q receiver && break; sleep 0.1; done
                kill $p; wait $p
                """));

            JsonElement coverage = document.RootElement.GetProperty("coverage");
            Assert.Equal(mode, document.RootElement.GetProperty("backend").GetString());
            Assert.InRange(coverage.GetProperty("interface_bytes").GetInt64(), 10_000_000, long.MaxValue);
            Assert.InRange(coverage.GetProperty("ratio").GetDouble(), 0.95, 1.05);
        }
        finally
        {
            ChildProcess.Shell($"kill {server}");
        }
    }
}
