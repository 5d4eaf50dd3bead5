using Sonde.Host.Privileges;

namespace Sonde.Windows.Tests;

// Giving up rights holds for the whole process, so the lane runs this pass in one of its own, and it is one test.
[Trait("pass", "drop")]
public sealed class DropTests
{
    [Fact]
    public void Dropping_removes_all_but_the_kept_rights_for_good()
    {
        var privileges = ProcessPrivileges.Create();
        string[] before = [.. privileges.Read().Rights.Value.Select(right => right.Name)];
        Assert.Contains("SeDebugPrivilege", before);
        Assert.Contains("SeChangeNotifyPrivilege", before);

        PrivilegeDrop drop = privileges.Drop(["sechangenotifyprivilege", "SeBackupPrivilege"]);

        Assert.Empty(drop.Gaps);
        Assert.Equal(["SeBackupPrivilege", "SeChangeNotifyPrivilege"], drop.Kept.Order(StringComparer.Ordinal));
        Assert.Equal(before.Except(drop.Kept).Order(StringComparer.Ordinal), drop.Dropped.Order(StringComparer.Ordinal));
        Assert.Equal(drop.Kept.Order(StringComparer.Ordinal), privileges.Read().Rights.Value.Select(right => right.Name).Order(StringComparer.Ordinal));

        // A second time there is nothing left to do; then the rest goes, and reading still works without any right.
        Assert.Empty(privileges.Drop(["SeChangeNotifyPrivilege", "SeBackupPrivilege"]).Dropped);
        Assert.Equal(["SeBackupPrivilege", "SeChangeNotifyPrivilege"], privileges.Drop([]).Dropped.Order(StringComparer.Ordinal));
        Assert.Empty(privileges.Read().Rights.Value);
        Assert.NotEmpty(Host.Interfaces.NetworkInterfaces.Check());
    }
}
