using Microsoft.Win32;
using Sonde.Host;
using Sonde.Host.Services;
using Sonde.Host.Services.Windows;
using Sonde.Interop.Windows;

namespace Sonde.Windows.Tests;

public sealed class ServiceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Every_service_of_the_registry_is_listed_and_no_other()
    {
        using RegistryKey? key = Registry.LocalMachine.OpenSubKey(@"SYSTEM\CurrentControlSet\Services");
        Assert.NotNull(key);

        ServiceSnapshot snapshot = Collect();

        // Only entries that are complete are services; the processes that host Wine's drivers are services without an entry.
        string[] complete = [.. key.GetSubKeyNames().Where(name => IsComplete(key, name)).Order(StringComparer.OrdinalIgnoreCase)];
        Assert.True(complete.Length > 5, "the registry has no services");
        Assert.Empty(complete.Except(snapshot.Services.Select(static service => service.Name), StringComparer.OrdinalIgnoreCase));
        Assert.Empty(snapshot.Services.Select(static service => service.Name).Where(static name => !name.StartsWith("Winedevice", StringComparison.OrdinalIgnoreCase)).Except(key.GetSubKeyNames(), StringComparer.OrdinalIgnoreCase));
        Assert.Empty(snapshot.Gaps);
    }

    [Fact]
    public void Start_type_account_and_program_are_those_of_the_registry()
    {
        using RegistryKey? key = Registry.LocalMachine.OpenSubKey(@"SYSTEM\CurrentControlSet\Services\EventLog");
        Assert.SkipWhen(key is null, "there is no event log");

        ServiceRecord service = Assert.Single(Collect().Services, static one => one.Name.Equals("EventLog", StringComparison.OrdinalIgnoreCase));

        string path = Environment.ExpandEnvironmentVariables((string)key.GetValue("ImagePath", string.Empty, RegistryValueOptions.DoNotExpandEnvironmentNames)!); // it has one, and a default
        Assert.Contains(Path.GetFileName(path.Split(' ')[0]), service.Command.Value, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(ServiceWords.StartOf((uint)(int)key.GetValue("Start")!, isDelayed: false), service.Start); // every service has one
        Assert.Equal(key.GetValue("ObjectName") as string ?? "LocalSystem", service.User.Value);
        Assert.Equal(@"HKLM\SYSTEM\CurrentControlSet\Services\EventLog", service.Path.Value, ignoreCase: true);
    }

    [Fact]
    public void A_running_service_has_a_process_and_a_stopped_one_has_none()
    {
        // The manager starts them when its first client comes, one after another.
        ServiceSnapshot snapshot = Collect();
        Assert.True(SpinWait.SpinUntil(() => Running(snapshot = Collect()).Length > 0, s_patience), "no service runs");

        ServiceRecord[] running = Running(snapshot);
        Assert.All(running, static one => Assert.True(one.ProcessId.Value > 0));
        Assert.All(snapshot.Services.Where(static one => one.State == ServiceState.Stopped), static one => Assert.Equal(ReadingStatus.None, one.ProcessId.Status));
    }

    [Fact]
    public void Drivers_are_listed_as_parts_of_the_kernel()
    {
        ServiceRecord[] drivers = [.. Collect().Services.Where(static one => one.Kind == ServiceKind.Driver)];

        Assert.NotEmpty(drivers);
        Assert.All(drivers, static one => Assert.Equal(ReadingStatus.None, one.ProcessId.Status));
        Assert.All(drivers, static one => Assert.Equal("a driver is part of the kernel", one.User.Reason));
    }

    [Fact]
    public void Each_process_has_the_services_that_say_they_live_in_it()
    {
        // Wine's services start, end and start again as others come and go: what one list says of a moment, the next need not. A service has a name all the same.
        var listed = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string[] unknown = [];
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    listed.UnionWith(Names());
                    IReadOnlyDictionary<int, IReadOnlyList<string>> processes = WindowsHostedServices.Read().Value;
                    listed.UnionWith(Names());
                    Assert.All(processes, static process => Assert.True(process.Key > 0 && process.Value.Count > 0));
                    unknown = [.. processes.SelectMany(static process => process.Value).Except(listed, StringComparer.OrdinalIgnoreCase)];
                    return processes.Count > 0 && unknown.Length == 0;
                },
                s_patience),
            $"{string.Join(", ", unknown)} are not among {string.Join(", ", listed)}");

        static IEnumerable<string> Names() => Collect().Services.Select(static service => service.Name);
    }

    [Fact]
    public void A_name_that_is_no_service_is_refused_with_its_error()
    {
        using var manager = ServiceManager.Open();

        Interop.NativeException refused = Assert.Throws<Interop.NativeException>(() => manager.OpenService("no such service").Dispose());

        Assert.Equal(Win32.ERROR_SERVICE_DOES_NOT_EXIST, refused.Error.Code);
        Assert.Equal("OpenService(no such service)", refused.Operation);
    }

    [Fact]
    public void The_rung_of_the_service_control_manager_is_available()
    {
        BackendStatus status = Assert.Single(SystemServices.Check());

        Assert.Equal("services", status.Part);
        Assert.Equal(BackendState.Available, status.State);
    }

    private static bool IsComplete(RegistryKey services, string name)
    {
        using RegistryKey? service = services.OpenSubKey(name);
        return service?.GetValue("Type") is int type && (type & 0x3B) != 0 && service.GetValue("Start") is int && service.GetValue("ImagePath") is string;
    }

    private static ServiceRecord[] Running(ServiceSnapshot snapshot) =>
        [.. snapshot.Services.Where(static one => one.Kind == ServiceKind.Service && one.State == ServiceState.Running)];

    private static ServiceSnapshot Collect()
    {
        using var services = SystemServices.Open();
        return services.Collect();
    }
}
