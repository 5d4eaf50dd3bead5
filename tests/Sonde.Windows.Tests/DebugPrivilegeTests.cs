using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Windows;

namespace Sonde.Windows.Tests;

/// <summary>The privilege that opens processes of others. Nothing here uses the runtime's Process, which switches it on for good.</summary>
public sealed class DebugPrivilegeTests
{
    [Fact]
    public void SeDebugPrivilege_is_on_for_as_long_as_the_collector_that_asked_for_it_lives()
    {
        Assert.SkipUnless(DebugPrivilege.Find().IsHeld, "this user does not hold it");
        using (var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core, UseDebugPrivilege = true }))
        {
            using ProcessSnapshot snapshot = collector.Collect();
            Assert.True(DebugPrivilege.Find().IsOn);
            Assert.Empty(snapshot.Gaps);
        }

        Assert.False(DebugPrivilege.Find().IsOn);
    }

    [Fact]
    public void The_rung_is_available_and_says_what_the_privilege_would_add()
    {
        BackendStatus status = ProcessCollector.Check()[0];

        Assert.Equal(("system_information", BackendState.Available), (status.Backend, status.State));
        Assert.Contains("SeDebugPrivilege", status.Reason);
    }
}
