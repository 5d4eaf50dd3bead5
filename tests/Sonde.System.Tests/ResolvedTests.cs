using System.Text.Json;
using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>The real systemd-resolved on a private D-Bus, set up by its own resolvectl.</summary>
public sealed class ResolvedTests
{
    private const string Script = ResolvedHost.Places + "\n" + """
        export PATH="$SONDE_RESOLVED/usr/bin:$PATH"
        daemon="$SONDE_RESOLVED/lib/systemd/systemd-resolved"
        [ -x "$daemon" ] || daemon=/lib/systemd/systemd-resolved
        bus=$(dbus-daemon --config-file=/run/bus.conf --fork --print-pid)
        ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; ip addr add 10.1.0.1/24 dev v0
        "$daemon" > /run/resolved.log 2>&1 &
        resolved=$!
        trap 'kill $resolved $bus; wait $resolved || true' EXIT
        i=0; until timeout 1 resolvectl status >/dev/null 2>&1; do i=$((i+1)); [ $i -lt 100 ] || { cat /run/resolved.log >&2; exit 1; }; sleep 0.05; done
        resolvectl dns v0 10.1.0.53 '[fd00::53]:5353#dns.example'
        resolvectl domain v0 corp.example '~lab.example'
        """;

    [Fact]
    public void Servers_ports_names_and_domains_of_a_link_are_those_that_resolvectl_set()
    {
        using var json = JsonDocument.Parse(RunWithResolved("resolvers -f json"));

        JsonElement[] servers = [.. json.RootElement.GetProperty("servers").EnumerateArray().Where(server => Text(server, "interface") == "v0")];
        Assert.Equal(["10.1.0.53:53 ", "fd00::53:5353 dns.example"], servers.Select(server => $"{Text(server, "address")}:{server.GetProperty("port").GetInt32()} {Text(server, "server_name")}"));
        Assert.All(servers, server => Assert.Equal("systemd-resolved", Text(server, "source")));
        Assert.Equal(
            ["corp.example False", "lab.example True"],
            json.RootElement.GetProperty("search_domains").EnumerateArray().Where(domain => Text(domain, "interface") == "v0").Select(domain => $"{Text(domain, "name")} {domain.GetProperty("routing_only").GetBoolean()}"));
        Assert.Equal("ok", json.RootElement.GetProperty("sources").EnumerateArray().Single(source => Text(source, "name") == "systemd-resolved").GetProperty("status").GetString());
    }

    [Fact]
    public void An_interface_shows_its_own_servers_and_search_domains()
    {
        using var json = JsonDocument.Parse(RunWithResolved("interfaces v0 -f json"));

        JsonElement link = json.RootElement.GetProperty("interfaces")[0];
        Assert.Equal(["10.1.0.53", "fd00::53"], link.GetProperty("dns_servers").EnumerateArray().Select(server => server.GetString()));
        Assert.Equal(["corp.example"], link.GetProperty("search_domains").EnumerateArray().Select(domain => domain.GetString()));
    }

    private static string RunWithResolved(string arguments)
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        bool has = ChildProcess.Shell("command -v dbus-daemon && { command -v resolvectl || [ -x \"$SONDE_RESOLVED/usr/bin/resolvectl\" ]; }").ExitCode == 0;
        Assert.SkipUnless(has, "needs dbus-daemon and systemd-resolved (./test installs them)");
        return host.Run(() => ChildProcess.MustShell($"{Script}\n\"{ChildProcess.Sonde}\" {arguments}"));
    }

    private static string? Text(JsonElement element, string property) =>
        element.GetProperty(property) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
