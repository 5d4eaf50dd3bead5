using System.Diagnostics;
using System.Net;
using Sonde.Host;
using Sonde.Host.Resolvers;
using Sonde.Host.Resolvers.MacOS;
using Sonde.Interop.MacOS;

namespace Sonde.MacOS.Tests;

public sealed class ResolverTests
{
    private const string NoFile = "/nonexistent/resolv.conf";

    [Fact]
    public void Servers_of_the_host_of_domains_and_of_interfaces_are_told_apart()
    {
        using var system = new LookAlike();

        ResolverSnapshot snapshot = new MacOSNameResolvers(NoFile).Collect();

        Assert.Equal(
            ["192.0.2.53", "192.0.2.54", "fe80::35%12", "192.0.2.53", "192.0.2.54"],
            snapshot.Servers.Select(server => server.Address.ToString()));
        ResolverServer corporate = snapshot.Servers[2];
        Assert.Equal((5353, "utun0", 12), (corporate.Port, corporate.InterfaceName.Value, corporate.InterfaceIndex.Value));
        Assert.Equal(["corp.example"], corporate.OnlyForDomains);
        Assert.Equal(53, snapshot.Servers[0].Port);
        Assert.Empty(snapshot.Servers[0].OnlyForDomains);
        Assert.All(snapshot.Servers, server => Assert.Equal("dnsinfo", server.Source));
    }

    [Fact]
    public void Search_and_routing_domains_are_listed_once_without_a_trailing_dot()
    {
        using var system = new LookAlike();

        ResolverSnapshot snapshot = new MacOSNameResolvers(NoFile).Collect();

        Assert.Equal([("example.org", false), ("corp.example", true)], snapshot.SearchDomains.Select(domain => (domain.Name, domain.RoutingOnly)));
        ResolverSource source = Assert.Single(snapshot.Sources);
        Assert.Equal(("dnsinfo", ReadingStatus.Ok, 0), (source.Name, source.Status, source.Skipped));
        Assert.Equal(["mdns"], source.Options);
        Assert.Contains("1 resolvers", source.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_pointers_and_absurd_counts_are_passed_over_and_counted()
    {
        using var system = new LookAlike { ["dns.hostile"] = 1 };

        ResolverSnapshot snapshot = new MacOSNameResolvers(NoFile).Collect();

        Assert.Equal(["192.0.2.53", "fe80::35%12", "192.0.2.53", "192.0.2.54"], snapshot.Servers.Select(server => server.Address.ToString()));
        Assert.Equal(7, Assert.Single(snapshot.Sources).Skipped);
    }

    [Theory]
    [InlineData("fail.dns", 2, "returned no configuration")]
    [InlineData("dns.version", 20991231, "speaks version 20991231")]
    public void Where_the_configuration_cannot_be_read_the_file_serves_and_the_reason_is_told(string setting, int value, string reason)
    {
        using var system = new LookAlike { [setting] = value };
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "search example.net\nnameserver 127.0.0.1\nnameserver 2001:db8::53\noptions ndots:2\nnonsense\n");

            ResolverSnapshot snapshot = new MacOSNameResolvers(path).Collect();

            Assert.Equal([IPAddress.Loopback, IPAddress.Parse("2001:db8::53")], snapshot.Servers.Select(server => server.Address));
            Assert.True(snapshot.Servers[0].IsLocalStub);
            Assert.Equal("example.net", Assert.Single(snapshot.SearchDomains).Name);
            Assert.Equal((ReadingStatus.Unsupported, ReadingStatus.Ok), (snapshot.Sources[0].Status, snapshot.Sources[1].Status));
            Assert.Contains(reason, snapshot.Sources[0].Reason, StringComparison.Ordinal);
            Assert.Equal(["ndots:2"], snapshot.Sources[1].Options);
            Assert.Equal(1, snapshot.Sources[1].Skipped);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // A function that was found once stays bound, so a system that lacks it is another process.
    [Fact]
    public void A_system_without_the_private_calls_is_served_from_the_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The look-alike of libSystem is built for Linux.");
        if (Environment.GetEnvironmentVariable(LookAlike.WithoutDns) is null)
        {
            Assert.Equal(0, RunAlone($"{typeof(ResolverTests).FullName}.{nameof(A_system_without_the_private_calls_is_served_from_the_file)}"));
            return;
        }

        using var system = new LookAlike();
        ResolverSource missing = new MacOSNameResolvers(NoFile).Collect().Sources[0];
        Assert.Equal((ReadingStatus.Unsupported, "this macOS does not export dns_configuration_copy"), (missing.Status, missing.Reason));
    }

    [Fact]
    public void A_file_that_is_missing_or_a_dangling_link_is_none_with_a_reason()
    {
        using var system = new LookAlike { ["fail.dns"] = Darwin.ENOENT };
        string link = Path.Combine(Path.GetTempPath(), $"sonde-{Guid.NewGuid():N}");
        File.CreateSymbolicLink(link, "/nonexistent/target");
        try
        {
            Assert.Equal(ReadingStatus.None, new MacOSNameResolvers(NoFile).Collect().Sources[1].Status);
            ResolverSource dangling = new MacOSNameResolvers(link).Collect().Sources[1];
            Assert.Equal(ReadingStatus.None, dangling.Status);
            Assert.Contains("/nonexistent/target", dangling.Reason, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(link);
        }
    }

    [Fact]
    public void A_huge_file_is_cut_and_says_so()
    {
        using var system = new LookAlike { ["fail.dns"] = Darwin.ENOENT };
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "nameserver 192.0.2.1\n" + new string('#', 400_000));

            ResolverSource source = new MacOSNameResolvers(path).Collect().Sources[1];

            Assert.Equal("only its first 256 KiB were read", source.Reason);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_ladder_shows_both_sources()
    {
        using var system = new LookAlike { ["fail.dns"] = Darwin.ENOENT };

        IReadOnlyList<BackendStatus> ladder = new MacOSNameResolvers(NoFile).Check();

        Assert.Equal(
            [("dnsinfo", BackendState.Unavailable), ("resolv.conf", BackendState.Unavailable)],
            ladder.Select(rung => (rung.Backend, rung.State)));
        Assert.All(ladder, rung => Assert.NotNull(rung.Reason));

        system["fail.dns"] = 0;
        BackendStatus works = new MacOSNameResolvers(NoFile).Check()[0];
        Assert.Equal((BackendState.Available, null), (works.State, works.Reason));
    }

    internal static int RunAlone(string test)
    {
        string runtime = Environment.ProcessPath!; // known on Linux
        string[] program = Path.GetFileNameWithoutExtension(runtime) == "dotnet" ? [typeof(ResolverTests).Assembly.Location] : [];
        var start = new ProcessStartInfo(runtime, [.. program, "-noColor", "-method", test])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment[LookAlike.WithoutDns] = "1";
        using Process process = Process.Start(start)!; // throws when it cannot start
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Contains("Total: 1", said, StringComparison.Ordinal);
        return process.ExitCode;
    }
}
