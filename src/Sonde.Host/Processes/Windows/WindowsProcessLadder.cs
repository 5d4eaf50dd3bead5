using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>Windows: the system's own list in one call; below it the tool help snapshot, where that is refused.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProcessLadder : ProcessLadder
{
    private const string Provides = "every process with times, memory and I/O; token, command line and protection of those that this user may open";

    private protected override IReadOnlyList<ProcessRung> Rungs { get; } =
    [
        new ProcessRung(ProcessEngineKind.SystemInformation, WindowsProcessEngine.Name, OpenSystemInformation, CheckSystemInformation),
        new ProcessRung(ProcessEngineKind.ToolHelp, WindowsToolHelpEngine.Name, OpenToolHelp, CheckToolHelp),
    ];

    private static WindowsProcessCollector OpenSystemInformation(ProcessCollectorOptions options, IReadOnlyList<Gap> gaps)
    {
        var list = new ProcessList();
        list.Refresh(); // what is refused is refused now, when another engine can still be taken
        ProcessHandles handles = OpenHandles(options);
        var reader = new WindowsProcessReader(list, handles, DebugPrivilege.Open(options.UseDebugPrivilege), options);
        return new WindowsProcessCollector(options, new WindowsProcessEngine(list, handles, gaps), reader);
    }

    private static WindowsProcessCollector OpenToolHelp(ProcessCollectorOptions options, IReadOnlyList<Gap> gaps)
    {
        try
        {
            ToolHelp.Take().Dispose();
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        ProcessHandles handles = OpenHandles(options);
        var reader = new WindowsProcessReader(new ProcessList(), handles, DebugPrivilege.Open(options.UseDebugPrivilege), options);
        return new WindowsProcessCollector(options, new WindowsToolHelpEngine(handles, gaps), reader);
    }

    // The wider right only where a field needs it: each handle is seen by whoever watches for such things.
    private static ProcessHandles OpenHandles(ProcessCollectorOptions options)
    {
        const ProcessFields Wider = ProcessFields.Tracer | ProcessFields.GuiObjects | ProcessFields.Mitigations;
        return new ProcessHandles(
            NtDll.PROCESS_QUERY_LIMITED_INFORMATION | ((options.Fields & Wider) != ProcessFields.None ? NtDll.PROCESS_QUERY_INFORMATION : 0));
    }

    private static BackendStatus CheckSystemInformation() => Check(WindowsProcessEngine.Name, Provides, "NtQuerySystemInformation(5)", OpenSystemInformation);

    private static BackendStatus CheckToolHelp() =>
        Check(WindowsToolHelpEngine.Name, "ids, parents, names and threads of every process; times of those that this user may open", "CreateToolhelp32Snapshot", OpenToolHelp);

    private static BackendStatus Check(string name, string provides, string operation, Func<ProcessCollectorOptions, IReadOnlyList<Gap>, ProcessCollector> open)
    {
        try
        {
            using ProcessCollector collector = open(new ProcessCollectorOptions { Fields = ProcessFields.Core }, []);
            using ProcessSnapshot snapshot = collector.Collect();
            (bool isHeld, bool isOn) = DebugPrivilege.Find();
            string? reason = isOn ? null
                : isHeld ? "SeDebugPrivilege is held and not switched on: --debug-privilege opens the processes of other users too, except protected ones"
                : "SeDebugPrivilege is not held: of other users' processes no command line, token and protection";
            return new BackendStatus(ProcessCollector.Part, name, BackendState.Available, provides, operation, reason, MissingRights: isHeld ? [] : [DebugPrivilege.Name]);
        }
        catch (HostException refused)
        {
            return BackendStatus.From(ProcessCollector.Part, name, provides, refused);
        }
    }
}
