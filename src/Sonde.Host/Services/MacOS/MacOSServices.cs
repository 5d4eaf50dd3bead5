using System.Runtime.Versioning;
using Sonde.Host.MacOS;
using Sonde.Host.MacOS.PropertyLists;
using Sonde.Host.Services.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Interop.Unix;

namespace Sonde.Host.Services.MacOS;

/// <summary>Jobs of launchd: which there are from their property lists, which run from launchd itself, as far as it tells this user.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSServices(LaunchPaths paths, ServiceOptions options, uint user) : SystemServices
{
    internal const string BackendName = "launchd";

    private const string OtherDomainOfRoot = "launchd tells root of the jobs of the host, not of those of users";
    private const string OtherDomainOfUser = "launchd tells an ordinary user of the jobs of his own session only";

    internal MacOSServices(ServiceOptions options)
        : this(LaunchPaths.Default, options, UserId.Effective)
    {
    }

    public override string Backend => BackendName;

    /// <summary>Asks launchd; for the check of the ladder, too.</summary>
    /// <exception cref="HostException">It refused, or this macOS has no such call.</exception>
    internal static IReadOnlyList<LaunchJob> Ask(out int skipped)
    {
        try
        {
            return LaunchJobs.Read(out skipped);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    internal override ServiceSnapshot CollectServices()
    {
        var gaps = new List<Gap>();
        Reading<Dictionary<string, LaunchJob>> jobs = ReadJobs(gaps);
        Dictionary<string, bool> daemonsDisabled = ReadOverrides("disabled.plist", gaps);
        Dictionary<string, bool> agentsDisabled = user == 0 ? [] : ReadOverrides($"disabled.{user}.plist", gaps);
        var records = new List<ServiceRecord>();
        var labels = new HashSet<string>(StringComparer.Ordinal);
        int unreadable = 0;
        foreach ((IReadOnlyList<string> folders, bool isAgent) in (ReadOnlySpan<(IReadOnlyList<string>, bool)>)[(paths.Daemons, false), (paths.Agents, true)])
        {
            Dictionary<string, bool> disabled = isAgent ? agentsDisabled : daemonsDisabled;
            foreach ((string path, Reading<LaunchPlist> plist) in folders.SelectMany(folder => LaunchFolder.Read(folder, gaps)))
            {
                if (!plist.TryGetValue(out LaunchPlist? found))
                {
                    unreadable++;
                    continue;
                }

                labels.Add(found.Label);
                records.Add(LaunchRecord.Of(path, found, isAgent, JobOf(found.Label, isAgent, jobs), disabled.TryGetValue(found.Label, out bool off) ? off : null, options.ShowSecrets));
            }
        }

        if (jobs.TryGetValue(out Dictionary<string, LaunchJob>? all))
        {
            records.AddRange(all.Values.Where(job => !labels.Contains(MacOSText.Decode(job.Label))).Select(job => LaunchRecord.Of(job, options.ShowSecrets)));
        }

        if (unreadable > 0)
        {
            gaps.Add(new Gap("property lists", ReadingStatus.Failed, "files that could not be read or are no jobs", unreadable));
        }

        ServiceLimit.Apply(records, options.MaxServices, gaps);
        records.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return new ServiceSnapshot(BackendName, records, gaps);
    }

    private static Reading<Dictionary<string, LaunchJob>> ReadJobs(List<Gap> gaps)
    {
        try
        {
            var jobs = new Dictionary<string, LaunchJob>(StringComparer.Ordinal);
            IReadOnlyList<LaunchJob> all = Ask(out int skipped);
            foreach (LaunchJob job in all)
            {
                jobs.TryAdd(MacOSText.Decode(job.Label), job);
            }

            if (skipped > 0)
            {
                gaps.Add(new Gap("jobs", ReadingStatus.Failed, "jobs of launchd that could not be read", skipped));
            }

            return jobs;
        }
        catch (HostException refused)
        {
            gaps.Add(new Gap("states of jobs", MacOSReading.StatusOf(refused.Failure), refused.Message));
            return MacOSReading.Refused<Dictionary<string, LaunchJob>>(refused);
        }
    }

    // That a job is not among those of one domain says nothing about the other.
    private Reading<LaunchJob> JobOf(string label, bool isAgent, Reading<Dictionary<string, LaunchJob>> jobs) =>
        !jobs.TryGetValue(out Dictionary<string, LaunchJob>? all) ? new Reading<LaunchJob>(jobs.Status, default, jobs.Reason)
        : all.TryGetValue(label, out LaunchJob? job) ? job
        : isAgent == (user != 0) ? Reading.None<LaunchJob>("launchd has not loaded it")
        : isAgent ? Reading.NotCollected<LaunchJob>(OtherDomainOfRoot)
        : Reading.Denied<LaunchJob>(OtherDomainOfUser);

    private Dictionary<string, bool> ReadOverrides(string name, List<Gap> gaps)
    {
        string path = Path.Combine(paths.Overrides, name);
        Reading<byte[]> file = LaunchFolder.ReadFile(path);
        if (!file.TryGetValue(out byte[]? bytes))
        {
            if (file.Status != ReadingStatus.None)
            {
                gaps.Add(new Gap("what was enabled and disabled", file.Status, $"{path}: {file.Reason}"));
            }

            return [];
        }

        if (PropertyList.Parse(bytes, out string? defect) is not IReadOnlyDictionary<string, object?> top)
        {
            gaps.Add(new Gap("what was enabled and disabled", ReadingStatus.Failed, $"{path}: {defect ?? "it is no dictionary"}"));
            return [];
        }

        return top.Where(static entry => entry.Value is bool).ToDictionary(static entry => entry.Key, static entry => (bool)entry.Value!, StringComparer.Ordinal); // only those that are
    }
}
