using System.Globalization;
using System.Text.Json;
using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>The command in sandboxes that refuse netlink, as containers, emulated kernels and hardened services do.</summary>
public sealed class NetlinkRefusedTests : IDisposable
{
    private const string Netlink = "16";
    private const string NetlinkAndIPv4 = "16,2";
    private const string NetlinkAndAllOfProcfs = "16,2,10,1";
    private readonly string _folder = Directory.CreateTempSubdirectory("sonde-sandbox-").FullName;
    private readonly string _sandbox;

    public NetlinkRefusedTests()
    {
        _sandbox = Path.Combine(_folder, "deny-netlink");
        ProgramResult compiled = ChildProcess.Run("gcc", ["-Wall", "-Wextra", "-Werror", "-o", _sandbox, Repository.PathOf("tests", "fixtures", "c", "deny-netlink.c")]);
        Assert.True(compiled.ExitCode == 0, compiled.Error);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, "denied")]
    [InlineData(13, "denied")]
    [InlineData(38, "unsupported")]
    [InlineData(97, "unsupported")]
    [InlineData(93, "unsupported")]
    public void Interfaces_are_listed_all_the_same_and_the_user_is_told_why_less_is_known(int errno, string status)
    {
        using var free = JsonDocument.Parse(ChildProcess.Run(ChildProcess.Sonde, ["interfaces", "--format", "json"]).Output);
        ProgramResult result = Sandboxed(errno, Netlink, "interfaces", "--format", "json");

        Assert.Equal(string.Empty, result.Error);
        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal("procfs", json.RootElement.GetProperty("backend").GetString());
        Assert.Equal(Names(free), Names(json));
        JsonElement gap = json.RootElement.GetProperty("gaps").EnumerateArray().First();
        Assert.Equal("rtnetlink", gap.GetProperty("what").GetString());
        Assert.Equal(status, gap.GetProperty("status").GetString());
        Assert.Contains($"errno {errno}", gap.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_for_people_ends_with_what_is_missing()
    {
        ProgramResult result = Sandboxed(1, Netlink, "interfaces");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("not seen: rtnetlink: denied: socket(AF_NETLINK): Operation not permitted (errno 1); procfs serves instead", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "denied")]
    [InlineData(38, "unavailable")]
    public void Doctor_shows_both_rungs_and_how_to_get_the_better_one(int errno, string state)
    {
        ProgramResult result = Sandboxed(errno, Netlink, "doctor", "--format", "json");

        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        JsonElement[] rungs = [.. json.RootElement.GetProperty("backends").EnumerateArray().Where(one => one.GetProperty("part").GetString() == "interfaces")];
        Assert.Equal(["rtnetlink", "procfs"], rungs.Select(one => one.GetProperty("backend").GetString()));
        Assert.Equal([state, "available"], rungs.Select(one => one.GetProperty("state").GetString()));
        Assert.Contains("RestrictAddressFamilies", Sandboxed(errno, Netlink, "doctor").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_IPv4_sockets_links_and_IPv6_addresses_are_left()
    {
        ProgramResult result = Sandboxed(1, NetlinkAndIPv4, "interfaces", "lo", "--format", "json");

        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Contains(json.RootElement.GetProperty("gaps").EnumerateArray(), gap =>
            gap.GetProperty("what").GetString() == "IPv4 addresses" && gap.GetProperty("status").GetString() == "denied");
        JsonElement lo = json.RootElement.GetProperty("interfaces").EnumerateArray().Single();
        Assert.Equal(1, lo.GetProperty("index").GetInt32());
        Assert.DoesNotContain(lo.GetProperty("addresses").EnumerateArray(), address => address.GetProperty("family").GetString() == "ipv4");
    }

    [Theory]
    [InlineData(1, 77)]
    [InlineData(97, 69)]
    public void Without_any_socket_the_best_rung_says_why_nothing_serves(int errno, int exitCode) =>
        AssertNothingServes(errno, exitCode, arguments => Sandboxed(errno, NetlinkAndAllOfProcfs, arguments));

    [Theory]
    [InlineData(1, 77)]
    [InlineData(38, 69)]
    public void Without_netlink_and_the_network_files_of_proc_nothing_serves(int errno, int exitCode)
    {
        Assert.SkipWhen(NetworkNamespace.WhyNot() is not null, "needs root to hide a part of /proc");

        // The .NET runtime does not start at all without /proc, so only the network folders of this one process are hidden: it keeps its number over exec.
        string empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        string hide = $"mount --bind '{empty}' /proc/$$/net && mount --bind '{empty}' /proc/$$/task/$$/net && exec \"$@\"";
        AssertNothingServes(errno, exitCode, arguments => ChildProcess.Run("unshare", ["-m", "sh", "-c", hide, "sh", .. Command(errno, Netlink, arguments)]));
    }

    [Fact]
    public void With_netlink_nobody_misses_the_network_files_of_proc()
    {
        Assert.SkipWhen(NetworkNamespace.WhyNot() is not null, "needs root to hide a part of /proc");
        string empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        string hide = $"mount --bind '{empty}' /proc/$$/net && mount --bind '{empty}' /proc/$$/task/$$/net && exec \"$@\"";

        ProgramResult result = ChildProcess.Run("unshare", ["-m", "sh", "-c", hide, "sh", ChildProcess.Sonde, "interfaces", "--format", "json"]);

        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal("rtnetlink", json.RootElement.GetProperty("backend").GetString());
        Assert.Empty(json.RootElement.GetProperty("gaps").EnumerateArray());
    }

    private static void AssertNothingServes(int errno, int exitCode, Func<string[], ProgramResult> run)
    {
        ProgramResult interfaces = run(["interfaces"]);
        Assert.Equal(exitCode, interfaces.ExitCode);
        Assert.Equal(string.Empty, interfaces.Output);
        Assert.Contains("socket(AF_NETLINK)", interfaces.Error, StringComparison.Ordinal);
        Assert.Contains($"(errno {errno})", interfaces.Error, StringComparison.Ordinal);

        ProgramResult doctor = run(["doctor", "--format", "json"]);
        using var json = JsonDocument.Parse(doctor.Output);
        string?[] traffic = [.. json.RootElement.GetProperty("backends").EnumerateArray()
            .Where(one => one.GetProperty("part").GetString() == "traffic")
            .Select(one => one.GetProperty("state").GetString())];
        Assert.NotEmpty(traffic);
        Assert.Equal(traffic.Contains("available") ? 0 : traffic.Contains("denied") ? 77 : 69, doctor.ExitCode); // the main job may go on
        Assert.All(
            json.RootElement.GetProperty("backends").EnumerateArray().Where(one => one.GetProperty("part").GetString() == "interfaces"),
            one => Assert.NotEqual("available", one.GetProperty("state").GetString()));
    }

    private static IEnumerable<string?> Names(JsonDocument document) =>
        document.RootElement.GetProperty("interfaces").EnumerateArray().Select(one => one.GetProperty("name").GetString());

    private string[] Command(int errno, string families, params string[] arguments) =>
        [_sandbox, errno.ToString(CultureInfo.InvariantCulture), families, ChildProcess.Sonde, .. arguments];

    private ProgramResult Sandboxed(int errno, string families, params string[] arguments)
    {
        string[] command = Command(errno, families, arguments);
        return ChildProcess.Run(command[0], command[1..]);
    }
}
