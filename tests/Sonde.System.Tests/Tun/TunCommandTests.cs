using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using Sonde.Packets.Files;
using Sonde.Testing;
using Sonde.Tun;

namespace Sonde.System.Tests.Tun;

/// <summary>`sonde tun` as a user runs it.</summary>
[SupportedOSPlatform("linux")]
public sealed class TunCommandTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("")]
    [InlineData("--route 10.50.0.0/16 --route fd50::/48 --route default")]
    public void Kill_minus_nine_in_any_phase_leaves_no_device_address_or_route(string more)
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        string before = space.Shell("ip -o addr; ip route; ip -6 route; ip rule");
        for (int round = 0; round < 12; round++)
        {
            using Process command = Start(space, $"tun create --name kill0 --address 10.96.0.1/24 --address fd96::1/64 {more}");

            // From before its first call to long after its last.
            command.WaitForExit(round < 11 ? 40 + (round * 12) : 1500);
            command.Kill();
            command.WaitForExit();
            Assert.True(SpinWait.SpinUntil(() => space.Shell("ip -o addr; ip route; ip -6 route; ip rule") == before, s_patience), space.Shell("ip -o addr; ip route; ip -6 route"));
        }
    }

    [Fact]
    public void A_device_lives_as_long_as_the_command_and_answers_where_it_is_asked()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        using Process command = Start(space, "tun create --name cli0 --address 10.96.0.1/24 --address fd96::1/64 --mtu 1400 --route 10.50.0.0/16");
        WaitFor(space, "cli0");

        JsonElement listed = JsonDocument.Parse(space.Sonde("tun", "list", "--format", "json").Output).RootElement.GetProperty("devices")[0];
        Assert.Equal("cli0", listed.GetProperty("name").GetString());
        Assert.Equal(1400, listed.GetProperty("mtu").GetInt32());
        Assert.True(listed.GetProperty("is_up").GetBoolean());
        Assert.False(listed.GetProperty("is_persistent").GetBoolean());
        Assert.Equal(["10.96.0.1/24", "fd96::1/64"], listed.GetProperty("addresses").EnumerateArray().Select(address => address.GetString()));
        Assert.Contains("10.50.0.0/16 dev cli0", space.Shell("ip route"), StringComparison.Ordinal);
        Assert.Contains("cli0", space.Sonde("tun", "stats").Output, StringComparison.Ordinal);
        Assert.Contains("cli0", space.Sonde("tun", "stats", "cli0", "--format", "json").Output, StringComparison.Ordinal);
        Assert.Equal(1, space.Sonde("tun", "delete", "cli0").ExitCode);

        space.Shell($"kill -INT {command.Id}");
        Assert.True(command.WaitForExit(s_patience));
        Assert.Equal(0, command.ExitCode);
        Assert.Empty(space.Run(TunDevice.List));
    }

    [Fact]
    public void A_persistent_device_stays_and_is_deleted_on_request()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();

        Assert.Equal(0, space.Sonde("tun", "create", "--name", "keep0", "--persist", "--owner", "4711", "--address", "10.96.0.1/24").ExitCode);
        Assert.Equal(4711u, Assert.Single(space.Run(TunDevice.List)).OwnerId);
        Assert.Equal(0, space.Sonde("tun", "delete", "keep0").ExitCode);
        Assert.Empty(space.Run(TunDevice.List));
        ProgramResult again = space.Sonde("tun", "delete", "keep0");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("keep0", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_rights_the_refusal_names_the_right_and_the_way_and_the_code_is_77()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        ProgramResult refused = space.Run(() => ChildProcess.Shell($"setpriv --bounding-set -net_admin --inh-caps -net_admin '{ChildProcess.Sonde}' tun create --name no0"));

        Assert.Equal(77, refused.ExitCode);
        Assert.Contains("no0", refused.Error, StringComparison.Ordinal);
        Assert.Contains("TUNSETIFF", refused.Error, StringComparison.Ordinal);
        Assert.Contains("cap_net_admin", refused.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(space.Run(TunDevice.List));
    }

    [Fact]
    public void The_doctor_shows_the_ladder_and_tries_the_right_without_making_a_device()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        JsonElement[] With(string prefix) =>
        [
            .. JsonDocument.Parse(space.Run(() => ChildProcess.Shell($"{prefix} '{ChildProcess.Sonde}' doctor --format json")).Output).RootElement
                .GetProperty("backends").EnumerateArray().Where(backend => backend.GetProperty("part").GetString() == "tun"),
        ];

        Assert.All(With(string.Empty), backend => Assert.Equal("available", backend.GetProperty("state").GetString()));
        JsonElement denied = With("setpriv --bounding-set -net_admin --inh-caps -net_admin")[0];
        Assert.Equal("denied", denied.GetProperty("state").GetString());
        Assert.Equal("CAP_NET_ADMIN", denied.GetProperty("missing_rights")[0].GetString());
        Assert.Empty(space.Run(TunDevice.List));
    }

    [Fact]
    public void What_cannot_be_is_a_usage_error_with_its_reason()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        foreach ((string[] arguments, string word) in new[]
        {
            (new[] { "tun", "create", "--address", "10.0.0.300/24" }, "10.0.0.300/24"),
            (["tun", "create", "--mtu", "67"], "67"),
            (["tun", "create", "--address", "fd00::1/64", "--mtu", "1000"], "1280"),
            (["tun", "create", "--route", "nowhere"], "nowhere"),
            (["tun", "create", "--name", "much-too-long-a-name"], "15 bytes"),
            (["tun", "pipe"], "--listen"),
            (["tun", "craete"], "create"),
        })
        {
            ProgramResult result = space.Sonde(arguments);
            Assert.Equal(2, result.ExitCode);
            Assert.Contains(word, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_capture_holds_what_was_sent_into_the_device()
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        string file = Path.Combine(Path.GetTempPath(), $"sonde-tun-{Guid.NewGuid():N}.pcapng");
        try
        {
            using Process command = Start(space, $"tun capture --name cap0 --address 10.96.0.1/24 --count 3 --write {file}");
            WaitFor(space, "cap0");
            space.Shell("ping -c 4 -i 0.05 -W 1 10.96.0.9 || true");
            Assert.True(command.WaitForExit(s_patience));

            using FileStream stream = File.OpenRead(file);
            using var reader = CaptureReader.Open(stream);
            int packets = 0;
            while (reader.TryRead(out CapturedPacket packet))
            {
                packets++;
                Assert.Equal(84, packet.Data.Length);
                Assert.Equal(0x45, packet.Data[0]);
            }

            Assert.Equal(3, packets);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_pipe_joins_two_hosts()
    {
        using NetworkNamespace left = NeedsRoot.Namespace();
        using NetworkNamespace right = NeedsRoot.Namespace();
        using var wire = new TunWire(left, right);
        using Process listening = Start(left, "tun pipe --name pipe0 --address 10.96.0.1/24 --address fd96::1/64 --listen 7000");
        WaitFor(left, "pipe0");
        using Process connecting = Start(right, "tun pipe --name pipe0 --address 10.96.0.2/24 --address fd96::2/64 --connect 10.95.0.1:7000");
        WaitFor(right, "pipe0");

        right.Shell("ping -c 3 -i 0.1 -W 2 10.96.0.1");
        left.Shell("ping -c 3 -i 0.1 -W 2 fd96::2");
        left.Shell("ping -c 2 -i 0.1 -W 2 -M do -s 1424 10.96.0.2");

        left.Shell($"kill -TERM {listening.Id} {connecting.Id}");
        Assert.True(listening.WaitForExit(s_patience) && connecting.WaitForExit(s_patience));
        Assert.Equal((0, 0), (listening.ExitCode, connecting.ExitCode));
    }

    [Fact]
    public void The_bench_measures_every_mode_without_allocating()
    {
        using NetworkNamespace space = NeedsRoot.QuietNamespace();
        ProgramResult result = space.Sonde("tun", "bench", "--rounds", "60", "--format", "ndjson");

        Assert.True(result.ExitCode == 0, result.Error);
        JsonElement[] runs = [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["plain", "segmented", "raw"], runs.Select(run => run.GetProperty("mode").GetString()));
        Assert.All(runs, run => Assert.InRange(run.GetProperty("receive_nanoseconds_per_packet").GetDouble(), 1, 1e6));
        Assert.Equal(1, runs[0].GetProperty("packets_per_call").GetDouble(), 0.01);
        Assert.True(runs[2].GetProperty("packets_per_call").GetDouble() > 20);
    }

    [Fact]
    public void A_watch_tells_changes_as_they_happen_and_ends_with_the_device()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        space.Shell("ip tuntap add watch0 mode tun");
        using Process command = Start(space, "tun watch watch0 --format ndjson");
        var lines = new List<string>();
        command.OutputDataReceived += (_, line) =>
        {
            lock (lines)
            {
                lines.Add(line.Data ?? string.Empty);
            }
        };
        command.BeginOutputReadLine();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                space.Shell("ip link set watch0 mtu 1300; sleep 0.1; ip link set watch0 mtu 1400; sleep 0.1");
                lock (lines)
                {
                    return lines.Exists(line => line.Contains("\"mtu\":1400", StringComparison.Ordinal));
                }
            },
            s_patience));
        space.Shell("ip link delete watch0");
        Assert.True(command.WaitForExit(s_patience));
        Assert.Equal(0, command.ExitCode);
    }

    private static Process Start(NetworkNamespace space, string arguments) => space.Run(() => Process.Start(new ProcessStartInfo(ChildProcess.Sonde, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!); // it is there, or Start throws

    private static void WaitFor(NetworkNamespace space, string device) =>
        Assert.True(SpinWait.SpinUntil(() => space.Shell($"ip -o link show {device} up 2>/dev/null || true").Length > 0, s_patience), $"{device} did not appear");

    /// <summary>A plain TUN pair between two namespaces, for a pipe to run over: 10.95.0.1 and 10.95.0.2.</summary>
    private sealed class TunWire : IDisposable
    {
        private readonly TunDevice _left;
        private readonly TunDevice _right;
        private readonly Thread[] _threads;

        internal TunWire(NetworkNamespace left, NetworkNamespace right)
        {
            _left = Open(left, "10.95.0.1/24");
            _right = Open(right, "10.95.0.2/24");
            _threads = [Forward(_left.Queues[0], _right.Queues[0]), Forward(_right.Queues[0], _left.Queues[0])];
        }

        public void Dispose()
        {
            _left.Dispose();
            _right.Dispose();
            Array.ForEach(_threads, thread => thread.Join());
        }

        private static TunDevice Open(NetworkNamespace space, string address) =>
            space.Run(() => TunDevice.Open(new TunOptions { Name = "wire0", Configuration = new TunConfiguration { Addresses = [TunAddress.Parse(address.AsSpan())] } }));

        private static Thread Forward(TunQueue from, TunQueue to)
        {
            var thread = new Thread(() =>
            {
                var batch = new TunBatch();
                while (from.Receive(batch) == TunStatus.Ok)
                {
                    to.Send(batch);
                }
            });
            thread.Start();
            return thread;
        }
    }
}
