using System.Text.Json;
using Sonde.System.Tests.Bpf;
using Sonde.Testing;

namespace Sonde.System.Tests.Traffic;

/// <summary>With which rights traffic is counted, and which are left once it is: recipes of docs/privileges.md among them.</summary>
public sealed class TrafficPrivilegeTests
{
    public TrafficPrivilegeTests() => NeedsBpf.Check();

    [Theory]
    [InlineData("bpf", "000000c000080004")] // CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_PERFMON, CAP_BPF
    [InlineData("packets", "0000000000080004")]
    public void Once_it_counts_every_thread_holds_only_what_is_still_needed(string mode, string mask)
    {
        using NetworkNamespace here = NeedsRoot.Namespace();

        string threads = here.Shell(
            $"""
            nsenter --mount=/proc/$PPID/ns/mnt "{ChildProcess.Sonde}" snapshot -d 600 --format tsv --capture-mode {mode} > /dev/null & p=$!
            for i in $(seq 400); do grep -qs '^NoNewPrivs:.1' /proc/$p/task/$p/status && break; sleep 0.05; done
            sleep 0.5
            for t in /proc/$p/task/*/status; do grep -E '^(CapEff|CapPrm|CapInh|CapAmb|NoNewPrivs):' $t | tr '\n' ' '; echo; done
            kill $p; wait $p
            """);

        string[] lines = threads.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Length, 5, int.MaxValue);
        Assert.All(lines, line => Assert.Equal($"CapInh:\t0000000000000000 CapPrm:\t{mask} CapEff:\t{mask} CapAmb:\t0000000000000000 NoNewPrivs:\t1 ", line));
    }

    [Theory]
    [InlineData("cap_bpf,cap_net_admin,cap_perfmon,cap_sys_ptrace,cap_dac_read_search+ep", "bpf")]
    public void An_ordinary_user_with_the_capabilities_of_the_file_sees_the_processes_of_others(string capabilities, string mode)
    {
        Assert.SkipUnless(ChildProcess.Shell("command -v setcap").ExitCode == 0, "needs setcap");
        using NetworkNamespace here = NeedsRoot.Namespace();
        string folder = Directory.CreateTempSubdirectory("sonde-caps-").FullName;
        try
        {
            // It follows until the row is there: a process of root that keeps its socket.
            string line = here.Shell(
                $$"""
                cp -r "{{Path.GetDirectoryName(ChildProcess.Sonde)}}" {{folder}}/sonde && chmod -R a+rX {{folder}} && setcap {{capabilities}} {{folder}}/sonde/sonde
                bash -c 'exec 3<>/dev/udp/127.0.0.1/9; while :; do echo hello >&3; sleep 0.05; done' 2> /dev/null & s=$!
                nsenter --mount=/proc/$PPID/ns/mnt timeout 50 setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all env HOME=/tmp \
                  {{folder}}/sonde/sonde snapshot --follow -i 0.5 --format ndjson --capture-mode {{mode}} --filter 'process=bash and user=root and tx_bytes>0' | head -1
                kill $s
                """);
            using var document = JsonDocument.Parse(line);

            Assert.Equal("bash", document.RootElement.GetProperty("process").GetString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
