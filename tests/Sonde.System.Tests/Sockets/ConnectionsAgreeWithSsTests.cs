using System.Globalization;
using System.Text.Json;
using Sonde.Testing;

namespace Sonde.System.Tests.Sockets;

/// <summary>`sonde connections` against `ss`, field by field.</summary>
public sealed class ConnectionsAgreeWithSsTests
{
    private const string Ss = "ss -tunapwemioOH";

    private static readonly Dictionary<string, string> s_states = new(StringComparer.Ordinal)
    {
        ["ESTAB"] = "established",
        ["SYN-SENT"] = "syn_sent",
        ["SYN-RECV"] = "syn_received",
        ["FIN-WAIT-1"] = "fin_wait1",
        ["FIN-WAIT-2"] = "fin_wait2",
        ["TIME-WAIT"] = "time_wait",
        ["UNCONN"] = "unconnected",
        ["CLOSE-WAIT"] = "close_wait",
        ["LAST-ACK"] = "last_ack",
        ["LISTEN"] = "listen",
        ["CLOSING"] = "closing",
    };

    private static readonly Dictionary<string, string> s_timers = new(StringComparer.Ordinal)
    {
        ["on"] = "retransmit",
        ["keepalive"] = "keepalive",
        ["timewait"] = "time_wait",
        ["persist"] = "persist",
    };

    // What ss calls it, and what we call it.
    private static readonly (string Theirs, string Ours)[] s_values =
    [
        ("bytes_sent", "bytes_sent"), ("bytes_acked", "bytes_acknowledged"), ("bytes_received", "bytes_received"), ("bytes_retrans", "bytes_retransmitted"),
        ("segs_out", "segments_sent"), ("segs_in", "segments_received"), ("data_segs_out", "data_segments_sent"), ("data_segs_in", "data_segments_received"),
        ("cwnd", "cwnd"), ("mss", "mss"), ("rcvmss", "mss_receive"), ("advmss", "mss_advertised"), ("pmtu", "path_mtu"), ("rto", "rto_ms"), ("ato", "ato_ms"),
        ("minrtt", "rtt_minimum_ms"), ("snd_wnd", "send_window"), ("rcv_space", "receive_space"), ("rcv_ssthresh", "receive_threshold"), ("delivered", "delivered"),
        ("ssthresh", "ssthresh"), ("unacked", "unacknowledged"), ("lost", "lost"), ("backoff", "backoff"), ("uid", "uid"), ("ino", "inode"),
    ];

    private static readonly (string Theirs, string Ours)[] s_memory =
    [
        ("r", "receive_memory"), ("rb", "receive_buffer"), ("t", "send_memory"), ("tb", "send_buffer"), ("f", "forward_memory"), ("w", "queued_memory"), ("o", "option_memory"), ("bl", "backlog_memory"), ("d", "drops"),
    ];

    [Fact]
    public void Every_shared_field_is_that_of_ss_for_every_kind_and_state()
    {
        using NetworkNamespace host = NeedsRoot.QuietNamespace();
        using var sockets = new SomeSockets(host);

        IReadOnlyList<SsRow> before = SsRow.Parse(host.Shell(Ss));
        ProgramResult result = host.Sonde("connections", "--all", "--format", "json");
        IReadOnlyList<SsRow> after = SsRow.Parse(host.Shell(Ss));

        Assert.Equal((string.Empty, 0), (result.Error, result.ExitCode));
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal("sock_diag", json.RootElement.GetProperty("backend").GetString());
        Assert.Empty(json.RootElement.GetProperty("gaps").EnumerateArray());
        JsonElement[] ours = [.. json.RootElement.GetProperty("connections").EnumerateArray().Where(static one => one.GetProperty("state").GetString() != "bound")];
        Assert.Equal(before.Count, ours.Length);
        Assert.Superset(
            new HashSet<string?> { "listen", "established", "close_wait", "fin_wait2", "time_wait", "syn_sent", "unconnected" },
            ours.Select(static one => one.GetProperty("state").GetString()).ToHashSet());
        int compared = 0;
        foreach (SsRow their in after)
        {
            JsonElement our = Assert.Single(ours, one => IsSame(one, their));
            compared += CompareRow(our, before.Single(row => row.Kind == their.Kind && row.Cookie == their.Cookie && row.Local == their.Local), their);
        }

        Assert.True(compared > 150, $"only {compared} figures were compared");
    }

    [Fact]
    public void Directions_follow_from_who_listens()
    {
        using NetworkNamespace host = NeedsRoot.QuietNamespace();
        using var sockets = new SomeSockets(host);

        ProgramResult result = host.Sonde("connections", "--format", "ndjson", "--filter", "state=established and protocol=tcp", "--fields", "local_port,remote_port,direction");

        Assert.Equal((string.Empty, 0), (result.Error, result.ExitCode));
        foreach (string line in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var one = JsonDocument.Parse(line);
            bool isOurs = one.RootElement.GetProperty("local_port").GetInt32() is SomeSockets.Port or 8081;
            Assert.Equal(isOurs ? "inbound" : "outbound", one.RootElement.GetProperty("direction").GetString());
        }
    }

    [Fact]
    public void The_tables_for_people_show_who_is_connected_and_who_listens()
    {
        using NetworkNamespace host = NeedsRoot.QuietNamespace();
        using var sockets = new SomeSockets(host);

        string connections = host.Sonde("connections").Output;
        string listeners = host.Sonde("connections", "--listening").Output;

        Assert.Contains("127.0.0.1:8080", connections, StringComparison.Ordinal);
        Assert.Contains("10 kB", connections, StringComparison.Ordinal);
        Assert.DoesNotContain("listen ", connections, StringComparison.Ordinal);
        Assert.Contains("[::]:8081", listeners, StringComparison.Ordinal);
        Assert.Contains("0.0.0.0:5353", listeners, StringComparison.Ordinal);
        Assert.DoesNotContain("established", listeners, StringComparison.Ordinal);
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), listeners, StringComparison.Ordinal);
    }

    private static bool IsSame(JsonElement our, SsRow their) => their.Cookie.Length > 0
        ? our.GetProperty("cookie").ToString() == their.Cookie
        : our.GetProperty("protocol").GetString() == their.Kind && Local(their) == our.GetProperty("local").GetString();

    // ss writes "*" for any address of a dual-stack socket, an interface behind "%", and IPv4-mapped addresses in their IPv6 form.
    private static string Local(SsRow row) => End(row.Local, row.Kind == "raw");

    private static string End(string text, bool isRaw)
    {
        int colon = text.LastIndexOf(':');
        string address = text[..colon].Split('%')[0];
        string port = isRaw ? "*" : text[(colon + 1)..];
        return address == "*" ? $"[::]:{port}"
            : address.StartsWith("[::ffff:", StringComparison.Ordinal) ? $"{address["[::ffff:".Length..^1]}:{port}"
            : $"{address}:{port}";
    }

    // Returns how many figures both had.
    private static int CompareRow(JsonElement our, SsRow before, SsRow after)
    {
        string what = $"{after.Kind} {after.State} {after.Local} {after.Remote}";
        Assert.Equal((what, s_states[after.State]), (what, our.GetProperty("state").GetString()));
        Assert.Equal((what, Local(after)), (what, our.GetProperty("local").GetString()));
        bool hasPeer = !after.Remote.EndsWith(":*", StringComparison.Ordinal);
        Assert.Equal((what, hasPeer ? End(after.Remote, isRaw: false) : "*"), (what, our.GetProperty("remote").GetString()));
        Between(what, "receive_queue", our, before.ReceiveQueue, after.ReceiveQueue);
        Between(what, "send_queue", our, before.SendQueue, after.SendQueue);
        Assert.Equal(after.Owners.Select(static owner => owner.Pid).Distinct().Order(), Pids(our));
        if (after.Owners.Any())
        {
            Assert.Equal((what, after.Owners.First().Descriptor), (what, our.GetProperty("fd").GetInt32()));
        }

        int compared = 0;
        foreach ((string theirs, string ours) in s_values)
        {
            // ss leaves out what is 0.
            string? earlier = before.Value(theirs);
            if (after.Value(theirs) is not { } value || value == "0")
            {
                continue;
            }

            if (our.GetProperty(ours).ValueKind == JsonValueKind.Number)
            {
                Between(what, ours, our, Number(earlier ?? "0"), Number(value));
                compared++;
            }
            else if (earlier is not null && after.State != "LISTEN")
            {
                Assert.Fail($"{what}: ss has {theirs}:{value}, and we have {our.GetProperty(ours)} for {ours}");
            }
        }

        if (after.Value("rtt") is { } rtt && before.Value("rtt") is { } earlierRtt && after.State != "LISTEN")
        {
            Between(what, "rtt_ms", our, Number(earlierRtt.Split('/')[0]), Number(rtt.Split('/')[0]));
            Between(what, "rtt_variance_ms", our, Number(earlierRtt.Split('/')[1]), Number(rtt.Split('/')[1]));
        }

        if (our.GetProperty("congestion").GetString() is { } algorithm)
        {
            Assert.Contains($" {algorithm} ", $" {after.Rest} ", StringComparison.Ordinal);
            compared++;
        }

        if (after.Value("wscale") is { } scales)
        {
            Assert.Equal((what, scales), (what, $"{our.GetProperty("send_window_scale")},{our.GetProperty("receive_window_scale")}"));
            compared++;
        }

        if (after.Value("timer") is { } timer && before.Value("timer")?.Split(',')[0] == timer.Split(',')[0] && our.GetProperty("timer").GetString() is { } kind)
        {
            Assert.Equal((what, s_timers[timer.Split(',')[0].TrimStart('(')]), (what, kind));
            compared++;
        }

        if (after.Rate("pacing_rate") is { } pacing && before.Rate("pacing_rate") == pacing)
        {
            Assert.Equal((what, (long)(Number(pacing) / 8)), (what, our.GetProperty("pacing_rate").GetInt64()));
        }

        // What is sent again takes memory for a moment.
        return after.State == "SYN-SENT" ? compared : compared + CompareMemory(what, our, before, after);
    }

    private static int CompareMemory(string what, JsonElement our, SsRow before, SsRow after)
    {
        int compared = 0;
        foreach ((string theirs, string ours) in s_memory)
        {
            if (after.Memory.TryGetValue(theirs, out long value) && before.Memory.TryGetValue(theirs, out long earlier))
            {
                Between(what, ours, our, earlier, value);
                compared++;
            }
        }

        return compared;
    }

    private static IEnumerable<int> Pids(JsonElement our) => our.GetProperty("processes").ValueKind == JsonValueKind.Array
        ? our.GetProperty("processes").EnumerateArray().Select(static one => one.GetString()!).Select(static text => int.Parse(text[(text.LastIndexOf('(') + 1)..^1], CultureInfo.InvariantCulture)).Order()
        : [];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    // What goes on by itself lies between what ss said before and after.
    private static void Between(string what, string field, JsonElement our, double before, double after)
    {
        double value = our.GetProperty(field).GetDouble();
        Assert.True(value >= Math.Min(before, after) - 0.0005 && value <= Math.Max(before, after) + 0.0005, $"{what}: {field} is {value}, and ss said {before}, then {after}");
    }
}
