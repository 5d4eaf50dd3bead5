using System.Text;
using Sonde.Host;
using Sonde.Host.Services;
using Sonde.Host.Services.MacOS;

namespace Sonde.MacOS.Tests;

public sealed class ServiceTests : IDisposable
{
    private const string Head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">";

    private readonly string _root = Directory.CreateTempSubdirectory("sonde-launchd").FullName;

    [Fact]
    public void Jobs_of_the_hosts_domain_have_states_processes_and_exits()
    {
        using var system = new LookAlike();
        Job("daemons", "com.example.runs", "<key>KeepAlive</key><true/><key>UserName</key><string>_example</string>");
        Job("daemons", "com.example.waits", "<key>MachServices</key><dict><key>x</key><true/></dict>");
        Job("daemons", "com.example.killed", string.Empty);
        Job("daemons", "com.example.absent", "<key>RunAtLoad</key><true/>");

        Dictionary<string, ServiceRecord> services = Collect(user: 0);

        Assert.Equal(ServiceState.Running, services["com.example.runs"].State.Value);
        Assert.Equal(Environment.ProcessId, services["com.example.runs"].ProcessId.Value);
        Assert.Equal(ServiceStart.Automatic, services["com.example.runs"].Start.Value);
        Assert.Equal("_example", services["com.example.runs"].User.Value);
        Assert.Equal(ServiceState.Waiting, services["com.example.waits"].State.Value);
        Assert.Equal(ServiceStart.OnDemand, services["com.example.waits"].Start.Value);
        Assert.Equal(3, services["com.example.waits"].ExitCode.Value);
        Assert.Equal(9, services["com.example.killed"].ExitSignal.Value);
        Assert.Equal(ServiceState.Stopped, services["com.example.absent"].State.Value);
        Assert.Equal("/usr/bin/thing --flag --password=***", services["com.example.absent"].Command.Value);
    }

    [Fact]
    public void What_launchd_does_not_tell_this_user_is_unknown_and_not_stopped()
    {
        using var system = new LookAlike();
        Job("daemons", "com.example.daemon", string.Empty);
        Job("agents", "com.example.agent", string.Empty);

        Dictionary<string, ServiceRecord> asUser = Collect(user: 501);
        Dictionary<string, ServiceRecord> asRoot = Collect(user: 0);

        Assert.Equal(ReadingStatus.Denied, asUser["com.example.daemon"].State.Status);
        Assert.Equal(ServiceState.Stopped, asUser["com.example.agent"].State.Value);
        Assert.Equal(ServiceKind.Agent, asUser["com.example.agent"].Kind);
        Assert.Equal(ServiceState.Stopped, asRoot["com.example.daemon"].State.Value);
        Assert.Equal(ReadingStatus.NotCollected, asRoot["com.example.agent"].State.Status);
    }

    [Fact]
    public void A_job_without_a_property_list_is_shown_with_what_launchd_says()
    {
        using var system = new LookAlike();

        ServiceRecord job = Collect(user: 501)["application.com.example.1"];

        Assert.Equal(ServiceKind.Other, job.Kind);
        Assert.Equal("/usr/bin/thing --password=***", job.Command.Value);
        Assert.Equal(ReadingStatus.None, job.Path.Status);
    }

    [Fact]
    public void What_was_enabled_or_disabled_since_counts_more_than_the_file()
    {
        using var system = new LookAlike();
        Job("daemons", "com.example.off", "<key>RunAtLoad</key><true/>");
        Job("daemons", "com.example.on", "<key>RunAtLoad</key><true/><key>Disabled</key><true/>");
        Write("overrides/disabled.plist", Head + "<dict><key>com.example.off</key><true/><key>com.example.on</key><false/></dict></plist>");

        Dictionary<string, ServiceRecord> services = Collect(user: 0);

        Assert.Equal(ServiceStart.Disabled, services["com.example.off"].Start.Value);
        Assert.Equal(ServiceStart.Automatic, services["com.example.on"].Start.Value);
    }

    [Theory]
    [InlineData("fail.launch", 1, ReadingStatus.Denied)]
    [InlineData("launch.errno", 13, ReadingStatus.Denied)]
    [InlineData("fail.launch", 57, ReadingStatus.Failed)]
    public void When_launchd_refuses_the_property_lists_stay_and_states_have_the_reason(string setting, int error, ReadingStatus status)
    {
        using var system = new LookAlike { [setting] = error };
        Job("daemons", "com.example.daemon", string.Empty);

        ServiceSnapshot snapshot = Snapshot(user: 0);

        ServiceRecord job = Assert.Single(snapshot.Services);
        Assert.Equal(status, job.State.Status);
        Assert.Equal("LaunchDaemon", job.KindName);
        Assert.Contains("launch_msg(GetJobs)", Assert.Single(snapshot.Gaps).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_of_wrong_types_are_passed_over_and_counted()
    {
        using var system = new LookAlike { ["launch.hostile"] = 1 };

        ServiceSnapshot snapshot = Snapshot(user: 501);

        Assert.Equal(2, Assert.Single(snapshot.Gaps).Count);
        Assert.Contains(snapshot.Services, static one => one.Name == "com.example.empty" && one.Command.Status == ReadingStatus.NotCollected);
    }

    [Fact]
    public void Five_thousand_jobs_are_read()
    {
        using var system = new LookAlike { ["launch.jobs"] = 5000 };

        Assert.Equal(5004, Snapshot(user: 501).Services.Count);
    }

    [Fact]
    public void Files_that_are_no_jobs_are_counted()
    {
        using var system = new LookAlike();
        Write("daemons/a.plist", "not XML");
        Write("daemons/b.plist", Head + "<array/></plist>");
        Write("daemons/c.plist", Head + "<dict><key>Label</key><integer>5</integer></dict></plist>");
        Write("daemons/d.plist", string.Empty);
        Directory.CreateDirectory(Path.Combine(_root, "daemons", "e.plist"));

        Assert.Equal(4, Assert.Single(Snapshot(user: 0).Gaps).Count);
    }

    [Fact]
    public void The_rung_of_launchd_says_whether_it_answers()
    {
        using var system = new LookAlike();
        Assert.Equal(BackendState.Available, new MacOSServiceLadder().Check()[0].State);

        system["fail.launch"] = 1;
        Assert.Equal(BackendState.Denied, new MacOSServiceLadder().Check()[0].State);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Dictionary<string, ServiceRecord> Collect(uint user) => Snapshot(user).Services.ToDictionary(static one => one.Name);

    private ServiceSnapshot Snapshot(uint user)
    {
        var paths = new LaunchPaths([Path.Combine(_root, "daemons")], [Path.Combine(_root, "agents")], Path.Combine(_root, "overrides"));
        using var services = new MacOSServices(paths, new ServiceOptions(), user);
        return services.CollectServices();
    }

    private void Job(string folder, string label, string more) => Write(
        $"{folder}/{label}.plist",
        $"{Head}<dict><key>Label</key><string>{label}</string><key>ProgramArguments</key><array><string>/usr/bin/thing</string><string>--flag</string><string>--password=geheim</string></array>{more}</dict></plist>");

    private void Write(string path, string text)
    {
        string whole = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!); // below the root
        File.WriteAllBytes(whole, Encoding.UTF8.GetBytes(text));
    }
}
