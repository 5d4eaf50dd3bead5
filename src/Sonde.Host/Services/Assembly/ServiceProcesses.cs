using Sonde.Host.Processes;

namespace Sonde.Host.Services.Assembly;

/// <summary>Puts the names of processes beside the services that they are.</summary>
internal static class ServiceProcesses
{
    private const string NoProcess = "it has no process";

    /// <summary>The same snapshot with names; why there are none where the process table cannot be read.</summary>
    internal static ServiceSnapshot Join(ServiceSnapshot services)
    {
        if (!services.Services.Any(static service => service.ProcessId.HasValue))
        {
            return Name(services, static _ => Reading.None<string>(NoProcess));
        }

        try
        {
            using var collector = ProcessCollector.Create(new ProcessCollectorOptions { Fields = ProcessFields.Core });
            using ProcessSnapshot processes = collector.Collect();
            return Name(services, pid => processes.Find(pid) is { } process ? process.Name : Reading.Gone<string>("the process is not in the table"));
        }
        catch (HostException refused)
        {
            ReadingStatus status = refused.Failure switch
            {
                HostFailure.AccessDenied => ReadingStatus.Denied,
                HostFailure.Unavailable => ReadingStatus.Unsupported,
                _ => ReadingStatus.Failed,
            };
            return Name(services, _ => new Reading<string>(status, default, refused.Message));
        }
    }

    private static ServiceSnapshot Name(ServiceSnapshot services, Func<int, Reading<string>> nameOf) => services with
    {
        Services = [.. services.Services.Select(service => service with
        {
            ProcessName = service.ProcessId.TryGetValue(out int pid) ? nameOf(pid) : new Reading<string>(service.ProcessId.Status, default, service.ProcessId.Reason),
        })],
    };
}
