using System.Text.Json;
using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>Giving up rights acts on a whole process for good, so each test looks at a child.</summary>
public sealed class PrivilegeTests
{
    [Fact]
    public void Watching_as_root_holds_no_capability_in_any_thread()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();

        string threads = host.Shell($"""
            "{ChildProcess.Sonde}" interfaces --watch --interval 0.2 -f ndjson > /dev/null &
            watch=$!
            i=0; while [ $i -lt 50 ] && ! grep -q '^NoNewPrivs:.1' /proc/$watch/task/*/status; do i=$((i+1)); read -t 0.1 x < /dev/zero 2>/dev/null || sleep 0.1; done
            sleep 0.3
            cat /proc/$watch/task/*/status | grep -E '^(CapEff|CapPrm|CapInh|CapAmb|NoNewPrivs):'
            kill $watch; wait $watch; echo "exit $?"
            """);

        string[] lines = threads.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("exit 0", lines[^1]);
        string[] status = lines[..^1];
        Assert.True(status.Length >= 5 * 3, $"too few threads to prove anything: {threads}");
        Assert.All(status.Where(line => line.StartsWith("Cap", StringComparison.Ordinal)), line => Assert.EndsWith("0000000000000000", line, StringComparison.Ordinal));
        Assert.All(status.Where(line => line.StartsWith("NoNew", StringComparison.Ordinal)), line => Assert.EndsWith("1", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Doctor_names_exactly_the_capabilities_that_a_process_was_given()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();

        string output = host.Shell(
            $"setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +net_raw,+sys_ptrace --ambient-caps +net_raw,+sys_ptrace \"{ChildProcess.Sonde}\" doctor -f json");

        using var json = JsonDocument.Parse(output);
        JsonElement privileges = json.RootElement.GetProperty("privileges");
        Assert.Equal("65534", privileges.GetProperty("user_id").GetString());
        Assert.False(privileges.GetProperty("is_administrator").GetBoolean());
        Assert.Equal(
            ["CAP_NET_RAW", "CAP_SYS_PTRACE"],
            privileges.GetProperty("rights").EnumerateArray().Where(right => right.GetProperty("enabled").GetBoolean()).Select(right => right.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("interfaces")]
    [InlineData("resolvers")]
    public void An_ordinary_user_sees_everything_that_root_sees(string command)
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell("ip link add o0 type veth peer name o1; ip addr add 10.6.0.1/24 dev o0");

        string asRoot = host.Shell($"\"{ChildProcess.Sonde}\" {command} -f tsv");
        string asNobody = host.Shell($"setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \"{ChildProcess.Sonde}\" {command} -f tsv");

        Assert.Equal(asRoot, asNobody);
    }

    [Fact]
    public void Doctor_tells_an_ordinary_user_what_root_has_and_what_would_give_it()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();

        string asRoot = host.Shell($"\"{ChildProcess.Sonde}\" doctor -f tsv");
        string asNobody = host.Shell($"setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \"{ChildProcess.Sonde}\" doctor -f tsv");

        Assert.Equal(RowsOf(asRoot, "interfaces"), RowsOf(asNobody, "interfaces"));
        Assert.Equal(RowsOf(asRoot, "resolvers"), RowsOf(asNobody, "resolvers"));
        Assert.Contains("af_packet\tavailable", RowsOf(asRoot, "frames")[0], StringComparison.Ordinal);
        string frames = RowsOf(asNobody, "frames")[0];
        Assert.Contains("af_packet\tdenied", frames, StringComparison.Ordinal);
        Assert.EndsWith("\tCAP_NET_RAW", frames, StringComparison.Ordinal);
    }

    private static string[] RowsOf(string doctor, string part) =>
        [.. doctor.Split('\n').Where(line => line.StartsWith(part + '\t', StringComparison.Ordinal))];
}
