using System.Text.Json;
using Sonde.System.Tests.Bpf;
using Sonde.Testing;
using Sonde.Traffic;

namespace Sonde.System.Tests.Traffic;

/// <summary>Scenarios of bench/accuracy, all at once over a cable and the loopback, with what their generators say and what the socket plane saw.</summary>
public sealed class PlayedScenarios
{
    // Names that no other run on this host has; the kernel keeps 15 letters.
    private readonly string _prefix = "a" + Guid.NewGuid().ToString("N")[..9];
    private readonly Dictionary<string, JsonElement> _truths = [];

    public PlayedScenarios()
    {
        NeedsBpf.Check();
        Assert.SkipUnless(ChildProcess.Shell("command -v gcc").ExitCode == 0, "needs gcc");
        using NetworkNamespace here = NeedsRoot.Namespace();
        using NetworkNamespace there = NeedsRoot.Namespace();
        using TrafficMonitor monitor = TrafficMonitor.Start(new TrafficOptions { Backend = TrafficBackend.Bpf });
        string folder = Directory.CreateTempSubdirectory("sonde-accuracy-").FullName;
        try
        {
            here.Shell($"ip link add c0 type veth peer name c1 netns {Path.GetFileName(there.Run(static () => new FileInfo("/proc/thread-self").LinkTarget))} && ip addr add 10.77.0.1/24 dev c0 && ip addr add fd77::1/64 dev c0 nodad && ip link set c0 up");
            there.Shell("ip addr add 10.77.0.2/24 dev c1 && ip addr add fd77::2/64 dev c1 nodad && ip link set c1 up");
            here.Shell($"gcc -O2 -o {folder}/peer '{Repository.PathOf("bench", "accuracy", "generator.c")}'; cd {folder}; i=0; for s in {string.Join(' ', Names)}; do cp peer {_prefix}-$i; i=$((i+1)); done");
            const string Serve = "for s in $0; do ./peer $s peer > ready-$s 2>&1 & echo $! >> pids; done; for s in $0; do for i in $(seq 400); do [ -s ready-$s ] && break; sleep 0.05; done; done";
            there.Shell($"cd {folder}; sh -c '{Serve}' '{string.Join(' ', Names.Where(static name => name != "loopback"))}'");
            here.Shell($"cd {folder}; sh -c '{Serve}' loopback");
            here.Shell($"cd {folder}; i=0; for s in {string.Join(' ', Names)}; do a=10.77.0.2; case $s in *ipv6) a=fd77::2;; loopback) a=127.0.0.1;; esac; timeout 50 ./{_prefix}-$i $s $a c0 > truth-$s 2> error-$s & i=$((i+1)); done; wait");
            foreach (string name in Names)
            {
                string truth = File.ReadAllText(Path.Combine(folder, $"truth-{name}"));
                Assert.True(truth.Length > 0, name + ": " + File.ReadAllText(Path.Combine(folder, $"error-{name}")) + File.ReadAllText(Path.Combine(folder, $"ready-{name}")));
                using var document = JsonDocument.Parse(truth);
                _truths.Add(name, document.RootElement.Clone());
            }

            Snapshot = monitor.Snapshot();
        }
        finally
        {
            ChildProcess.Shell($"kill $(cat {folder}/pids); rm -rf {folder}");
        }
    }

    /// <summary>The scenarios that are played: all but SCTP, which not every kernel has, and the container, which has tests of its own.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "tcp-down", "tcp-up", "tcp-duplex", "udp-duplex", "icmp-flood", "udp-443", "tcp-ipv6", "udp-53", "raw-ip-253", "short-lived", "af-packet", "io-uring-tx",
        "sendfile", "sendmmsg", "loopback", "slow-drip", "many-small", "burst", "io-uring-rx", "splice", "recvmmsg", "udp-ipv6",
    ];

    /// <summary>What was seen once all had ended.</summary>
    internal TrafficSnapshot Snapshot { get; } = null!; // a constructor that ends without it has skipped or failed

    /// <summary>What the generator says of itself.</summary>
    internal JsonElement TruthOf(string name) => _truths[name];

    /// <summary>Its processes, as they were seen.</summary>
    internal List<ProcessTraffic> ProcessesOf(string name)
    {
        string own = $"{_prefix}-{Names.Index().First(entry => entry.Item == name).Index}";
        return [.. Snapshot.Processes.Where(process => process.Name == own && process.Counters.Bytes > 0)];
    }
}
