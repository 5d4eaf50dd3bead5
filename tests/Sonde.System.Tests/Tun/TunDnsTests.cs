using System.Diagnostics;
using System.Runtime.Versioning;
using Sonde.Packets;
using Sonde.Testing;
using Sonde.Tun;

namespace Sonde.System.Tests.Tun;

/// <summary>Name servers of a device, as the real systemd-resolved has them afterwards by the words of its own resolvectl.</summary>
[SupportedOSPlatform("linux")]
public sealed class TunDnsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TunDns s_dns = new([InternetAddress.Parse("10.96.0.53"), InternetAddress.Parse("fd96::53")], ["corp.example", "more.example"]) { RoutingDomains = ["lab.example"] };

    [Fact]
    public void Servers_and_domains_are_set_and_the_rest_of_the_world_is_not_led_there()
    {
        using var host = new ResolvedHost();
        using TunDevice device = Open(host, new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")], Dns = s_dns });

        Assert.Equal("10.96.0.53 fd96::53", host.Resolvectl("dns", "dns0"));
        Assert.Equal("corp.example more.example ~lab.example", host.Resolvectl("domain", "dns0"));
        Assert.Equal("no", host.Resolvectl("default-route", "dns0"));
    }

    [Fact]
    public void With_the_default_route_all_names_go_to_the_servers()
    {
        using var host = new ResolvedHost();
        using TunDevice device = Open(host, new TunConfiguration
        {
            Addresses = [TunAddress.Parse("10.96.0.1/24")],
            Routes = [.. TunRoute.SplitDefault(isIPv4: true)],
            Dns = s_dns with { SearchDomains = [], RoutingDomains = ["."] },
        });

        Assert.Equal("yes", host.Resolvectl("default-route", "dns0"));
        Assert.Equal("~.", host.Resolvectl("domain", "dns0"));
    }

    [Fact]
    public void Without_domains_the_rule_of_systemd_resolved_stays()
    {
        using var host = new ResolvedHost();
        using TunDevice device = Open(host, new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")], Dns = new TunDns([InternetAddress.Parse("10.96.0.53")], []) });

        Assert.Equal("yes", host.Resolvectl("default-route", "dns0"));
    }

    [Fact]
    public void Taken_back_the_link_has_nothing_while_the_device_goes_on()
    {
        using var host = new ResolvedHost();
        using TunDevice device = Open(host, new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")] });
        TunAppliedConfiguration applied = host.Space.Run(() => device.Configure(new TunConfiguration { Dns = s_dns }));
        Assert.Equal(["name servers"], applied.Changes);
        Assert.Equal("10.96.0.53 fd96::53", host.Resolvectl("dns", "dns0"));

        Assert.Empty(host.Space.Run(applied.Restore));

        Assert.Equal(string.Empty, host.Resolvectl("dns", "dns0"));
        Assert.Equal(string.Empty, host.Resolvectl("domain", "dns0"));
    }

    [Fact]
    public void What_is_refused_leaves_no_servers_behind()
    {
        using var host = new ResolvedHost();
        using TunDevice device = Open(host, new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")] });

        // The servers are taken, the domain is none.
        TunException refused = Assert.Throws<TunException>(() => host.Space.Run(() => device.Configure(new TunConfiguration { Mtu = 1300, Dns = s_dns with { SearchDomains = ["no..domain"] } })));

        Assert.Equal(TunFailure.Invalid, refused.Failure);
        Assert.Contains("no..domain", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(string.Empty, host.Resolvectl("dns", "dns0"));
        Assert.NotEqual(1300, device.ReadState().Mtu);
    }

    [Fact]
    public void The_command_sets_them_and_they_go_with_the_device_even_by_kill_minus_nine()
    {
        using var host = new ResolvedHost();
        for (int round = 0; round < 2; round++)
        {
            using Process command = host.Space.Run(static () => Process.Start(new ProcessStartInfo(
                ChildProcess.Sonde,
                ["tun", "create", "--name", "dns0", "--address", "10.96.0.1/24", "--dns", "10.96.0.53", "--dns", "fd96::53", "--search", "corp.example", "--search", "~lab.example"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!); // it is there, or Start throws
            using StreamReader output = command.StandardOutput; // a Process leaves it open
            Assert.Contains("dns0", output.ReadLine(), StringComparison.Ordinal);
            Assert.Equal("10.96.0.53 fd96::53", host.Resolvectl("dns", "dns0"));
            Assert.Equal("corp.example ~lab.example", host.Resolvectl("domain", "dns0"));

            host.Space.Shell($"kill {(round == 0 ? "-INT" : "-KILL")} {command.Id}");
            Assert.True(command.WaitForExit(s_patience));
            Assert.True(SpinWait.SpinUntil(() => host.Space.Shell("ip -o link show dns0 2>/dev/null || true").Length == 0, s_patience));
        }

        // The same name, another link: nothing of the old one clings to it.
        using TunDevice device = Open(host, new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")] });
        Assert.True(SpinWait.SpinUntil(() => host.Resolvectl("dns", "dns0").Length == 0, s_patience));
    }

    [Fact]
    public void Without_systemd_resolved_the_refusal_says_what_is_missing_and_no_device_stays()
    {
        using NetworkNamespace bare = NeedsRoot.Namespace();
        bare.Shell("mount -t tmpfs none /run");
        using var busOnly = new ResolvedHost(hasService: false);
        foreach (NetworkNamespace space in new[] { bare, busOnly.Space })
        {
            ProgramResult refused = space.Sonde("tun", "create", "--name", "dns0", "--address", "10.96.0.1/24", "--dns", "10.96.0.53");

            Assert.Equal(69, refused.ExitCode);
            Assert.Contains("systemd-resolved", refused.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("modprobe", refused.Error, StringComparison.Ordinal);
            Assert.Empty(space.Run(TunDevice.List));
        }
    }

    [Fact]
    public void The_resolver_of_another_network_namespace_is_not_told_of_a_link_that_is_another_there()
    {
        using var host = new ResolvedHost();
        using TunDevice own = Open(host, new TunConfiguration { Addresses = [TunAddress.Parse("10.96.0.1/24")] });
        ProgramResult refused = host.Space.Run(() => ChildProcess.Shell($"exec unshare --net '{ChildProcess.Sonde}' tun create --name dns0 --address 10.96.0.1/24 --dns 10.96.0.53"));

        Assert.Equal(69, refused.ExitCode);
        Assert.Contains("another network namespace", refused.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, host.Resolvectl("dns", "dns0"));
    }

    [Fact]
    public void What_cannot_be_is_a_usage_error_with_its_reason()
    {
        using NetworkNamespace space = NeedsRoot.Namespace();
        foreach ((string[] arguments, string word) in new[]
        {
            (new[] { "--dns", "10.0.0.300" }, "10.0.0.300"),
            (["--search", "corp.example"], "--dns"),
            (["--dns", "10.0.0.53", "--search", "no domain"], "no domain"),
            (["--dns", "10.0.0.53", "--search", "."], "'.'"),
            (["--dns", "10.0.0.53", "--search", "a..b"], "a..b"),
        })
        {
            ProgramResult result = space.Sonde(["tun", "create", "--name", "dns0", .. arguments]);
            Assert.Equal(2, result.ExitCode);
            Assert.Contains(word, result.Error, StringComparison.Ordinal);
        }
    }

    private static TunDevice Open(ResolvedHost host, TunConfiguration configuration) =>
        host.Space.Run(() => TunDevice.Open(new TunOptions { Name = "dns0", Configuration = configuration }));
}
