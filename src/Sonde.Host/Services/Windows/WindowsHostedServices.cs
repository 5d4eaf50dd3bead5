using System.Runtime.Versioning;
using Sonde.Host.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Services.Windows;

/// <summary>Which services live in which process: one call for all of them, for whoever lists processes.</summary>
internal static class WindowsHostedServices
{
    /// <summary>Names of services by the id of their process; a process that is not in it hosts none.</summary>
    [SupportedOSPlatform("windows")]
    internal static Reading<IReadOnlyDictionary<int, IReadOnlyList<string>>> Read()
    {
        try
        {
            using ServiceManager manager = ServiceManager.Open();
            var entries = new List<ServiceEntry>();
            int skipped = 0;
            manager.Enumerate(WinSvc.SERVICE_WIN32, WinSvc.SERVICE_ACTIVE, (page, count) => ServiceEntry.Parse(page, count, entries, ref skipped));
            return Reading.Ok(ByProcess(entries));
        }
        catch (NativeException refused)
        {
            return Win32Reading.From<IReadOnlyDictionary<int, IReadOnlyList<string>>>(refused);
        }
    }

    /// <summary>Puts services together by their process.</summary>
    internal static IReadOnlyDictionary<int, IReadOnlyList<string>> ByProcess(IEnumerable<ServiceEntry> entries) => entries
        .Where(static entry => entry.ProcessId != 0)
        .GroupBy(static entry => entry.ProcessId, static entry => entry.Name)
        .ToDictionary(static process => process.Key, static process => (IReadOnlyList<string>)[.. process.Order(StringComparer.OrdinalIgnoreCase)]);
}
