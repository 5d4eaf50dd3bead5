using Sonde.Host;
using Sonde.Host.Services;
using Sonde.Host.Services.Linux;

namespace Sonde.System.Tests;

/// <summary>Where no systemd answers: unit files on disk.</summary>
public sealed class UnitFileServicesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sonde-units").FullName;

    [Fact]
    public void Units_are_listed_with_what_their_files_say_and_no_state_is_made_up()
    {
        Write("lib/a.service", "[Unit]\nDescription=An A\n[Service]\nExecStart=/bin/a\nUser=someone\n[Install]\nWantedBy=x.target\n");
        Write("lib/b.service", "[Service]\nExecStart=/bin/b\n");
        Write("lib/c@.service", "[Service]\nExecStart=/bin/c\n");
        Directory.CreateDirectory(Path.Combine(_root, "etc", "x.target.wants"));
        File.CreateSymbolicLink(Path.Combine(_root, "etc", "x.target.wants", "a.service"), "/lib/a.service");
        File.CreateSymbolicLink(Path.Combine(_root, "etc", "m.service"), "/dev/null");

        Dictionary<string, ServiceRecord> services = Collect().Services.Where(one => one.Path.HasValue && one.Path.Value.StartsWith(_root, StringComparison.Ordinal)).ToDictionary(static one => one.Name);

        Assert.Equal(["a.service", "b.service", "c@.service", "m.service"], services.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("An A", services["a.service"].Description.Value);
        Assert.Equal("someone", services["a.service"].User.Value);
        Assert.Equal("/bin/a", services["a.service"].Command.Value);
        Assert.Equal(["enabled", "static", "static", "masked"], services.Values.OrderBy(static one => one.Name, StringComparer.Ordinal).Select(static one => one.StartName.Value));
        Assert.Equal(ReadingStatus.NotCollected, services["a.service"].State.Status);
        Assert.Equal(ReadingStatus.None, services["c@.service"].State.Status);
    }

    [Fact]
    public void The_folder_that_comes_first_wins()
    {
        Write("etc/a.service", "[Unit]\nDescription=Mine\n");
        Write("lib/a.service", "[Unit]\nDescription=Theirs\n");

        Assert.Equal("Mine", Assert.Single(Collect().Services, static one => one.Name == "a.service").Description.Value);
    }

    [Fact]
    public void A_file_that_is_none_or_too_long_does_no_harm()
    {
        Directory.CreateDirectory(Path.Combine(_root, "lib", "folder.service"));
        Write("lib/long.service", "[Unit]\nDescription=Long\n" + new string('x', 2_000_000));
        File.CreateSymbolicLink(Path.Combine(_root, "lib", "dangling.service"), "nowhere.service");

        Dictionary<string, ServiceRecord> services = Collect().Services.ToDictionary(static one => one.Name);

        Assert.Equal("Long", services["long.service"].Description.Value);
        Assert.Equal(ReadingStatus.Failed, services["folder.service"].Description.Status);
        Assert.Equal(ReadingStatus.Gone, services["dangling.service"].Description.Status);
    }

    [Fact]
    public void The_reason_why_systemd_was_not_asked_is_a_gap()
    {
        Write("lib/a.service", "[Unit]\n");

        ServiceSnapshot snapshot = Collect();

        Assert.Equal("unit files", snapshot.Backend);
        Assert.Contains("systemd does not run here", Assert.Single(snapshot.Gaps).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_units_the_refusal_names_the_manager_that_is_there()
    {
        Directory.CreateDirectory(Path.Combine(_root, "run", "openrc"));

        HostException refused = Assert.Throws<HostException>(() => new LinuxServiceLadder(Paths()).OpenBest(new ServiceOptions()));

        Assert.Equal(HostFailure.Unavailable, refused.Failure);
        Assert.Contains("OpenRC, which Sonde does not ask", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_rung_says_why_it_cannot_serve()
    {
        IReadOnlyList<BackendStatus> rungs = new LinuxServiceLadder(Paths()).Check();

        Assert.Equal(3, rungs.Count);
        Assert.All(rungs, static rung => Assert.Equal(BackendState.Unavailable, rung.State));
        Assert.All(rungs, static rung => Assert.False(string.IsNullOrEmpty(rung.Reason)));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private ServiceSnapshot Collect()
    {
        using SystemServices services = new LinuxServiceLadder(Paths()).OpenBest(new ServiceOptions());
        return services.Collect();
    }

    private LinuxServicePaths Paths() => new(
        Path.Combine(_root, "booted"), Path.Combine(_root, "private"), Path.Combine(_root, "bus"), [Path.Combine(_root, "etc"), Path.Combine(_root, "lib")], _root);

    private void Write(string path, string text)
    {
        string whole = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!); // below the root
        File.WriteAllText(whole, text);
    }
}
