using System.Security.Principal;
using Sonde.Host;
using Sonde.Host.Privileges;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Windows.Tests;

public sealed class PrivilegeTests
{
    [Fact]
    public void The_user_is_the_one_that_the_runtime_names()
    {
        using var identity = WindowsIdentity.GetCurrent();

        PrivilegeReport report = ProcessPrivileges.Create().Read();

        Assert.Equal(identity.Name, report.User);
        Assert.Equal(identity.User!.Value, report.UserId); // a process always has a user
    }

    [Fact]
    public void Administrator_is_what_the_runtime_finds_in_the_role()
    {
        using var identity = WindowsIdentity.GetCurrent();

        Assert.Equal(new WindowsPrincipal(identity).IsInRole(WindowsBuiltInRole.Administrator), ProcessPrivileges.Create().Read().IsAdministrator);
    }

    [Fact]
    public void Elevation_and_integrity_are_told()
    {
        PrivilegeReport report = ProcessPrivileges.Create().Read();

        Assert.Equal(Environment.IsPrivilegedProcess, report.IsElevated.Value);
        Assert.Contains(report.IntegrityLevel.Value, (string[])["Low", "Medium", "MediumPlus", "High", "System"]);
    }

    [Fact]
    public void Debugging_others_is_a_right_that_is_held_and_not_switched_on()
    {
        PrivilegeReport report = ProcessPrivileges.Create().Read();
        Assert.SkipUnless(report.IsAdministrator, "only administrators hold it");

        HeldRight debug = Assert.Single(report.Rights.Value, right => right.Name == "SeDebugPrivilege");

        Assert.False(debug.Enabled);
        Assert.True(Assert.Single(report.Rights.Value, right => right.Name == "SeChangeNotifyPrivilege").Enabled);
    }

    [Fact]
    public void What_Windows_does_not_have_says_so()
    {
        PrivilegeReport report = ProcessPrivileges.Create().Read();

        Assert.Equal(ReadingStatus.Unsupported, report.Devices.Status);
        Assert.Equal(ReadingStatus.Unsupported, report.NoNewPrivileges.Status);
        Assert.False(string.IsNullOrEmpty(report.Devices.Reason));
    }

    [Fact]
    public void A_token_answer_that_does_not_fit_is_asked_for_again()
    {
        using AccessToken token = AccessToken.OpenOwn(AdvApi32.TOKEN_QUERY);
        var buffer = new Win32Buffer(1);

        AddressedBytes groups = token.Query(TOKEN_INFORMATION_CLASS.TokenGroups, buffer);

        Assert.True(groups.Bytes.Length > 1);
        Assert.Equal(groups.Bytes.Length, buffer.Size);
    }

    [Fact]
    public void A_class_that_is_no_class_is_refused_with_its_name_and_error()
    {
        using AccessToken token = AccessToken.OpenOwn(AdvApi32.TOKEN_QUERY);

        NativeException refused = Assert.Throws<NativeException>(() => token.Query((TOKEN_INFORMATION_CLASS)999, new Win32Buffer(64)));

        Assert.Equal("GetTokenInformation(999)", refused.Operation);
        Assert.NotEqual(0, refused.Error.Code);
    }

    [Fact]
    public void An_unknown_account_has_no_name()
    {
        byte[] nobody = [1, 4, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

        NativeException refused = Assert.Throws<NativeException>(() => AccountNames.OfAccount(nobody));

        Assert.Equal(Win32.ERROR_NONE_MAPPED, refused.Error.Code);
    }

    [Fact]
    public void A_name_that_is_no_privilege_is_an_argument_error_and_nothing_is_dropped()
    {
        var privileges = ProcessPrivileges.Create();
        int before = privileges.Read().Rights.Value.Count;

        Assert.Throws<ArgumentException>(() => privileges.Drop(["CAP_NET_RAW"]));

        Assert.Equal(before, privileges.Read().Rights.Value.Count);
    }

    [Fact]
    public void The_token_rung_is_available()
    {
        BackendStatus status = Assert.Single(ProcessPrivileges.Create().Check());

        Assert.Equal(BackendState.Available, status.State);
        Assert.Null(status.Reason);
    }
}
