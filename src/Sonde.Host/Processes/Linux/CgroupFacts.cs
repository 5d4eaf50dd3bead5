namespace Sonde.Host.Processes.Linux;

/// <summary>What the control group of a process says about where it belongs: one object for all processes of the same group.</summary>
internal sealed record CgroupFacts(
    Reading<ProcessCgroup> Cgroup,
    Reading<ProcessContainer> Container,
    Reading<KubernetesPod> Pod,
    Reading<ProcessUnit> Unit,
    Reading<ProcessPackage> Package,
    Reading<IReadOnlyList<string>> Services)
{
    /// <summary>The same reason for everything.</summary>
    internal static CgroupFacts Absent(ReadingStatus status, string? reason) => new(
        new Reading<ProcessCgroup>(status, default, reason),
        new Reading<ProcessContainer>(status, default, reason),
        new Reading<KubernetesPod>(status, default, reason),
        new Reading<ProcessUnit>(status, default, reason),
        new Reading<ProcessPackage>(status, default, reason),
        new Reading<IReadOnlyList<string>>(status, default, reason));

    /// <summary>Puts them where they were asked for.</summary>
    internal void Fill(ProcessFields fields, ProcessIdentity identity)
    {
        if ((fields & ProcessFields.Containment) != ProcessFields.None)
        {
            identity.Cgroup = Cgroup;
            identity.Container = Container;
            identity.Pod = Pod;
            identity.Unit = Unit;
            identity.Package = Package;
        }

        if ((fields & ProcessFields.Services) != ProcessFields.None)
        {
            identity.Services = Services;
        }
    }
}
