using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.Windows;

/// <summary>One call for the whole table: NtQuerySystemInformation with the list of processes, their threads and, since Windows 10 1709, its extension.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProcessEngine(ProcessList list, ProcessHandles handles, IReadOnlyList<Gap> gaps) : ProcessEngine
{
    internal const string Name = "system_information";

    // What Windows itself calls it; the list has no name for it.
    private const string IdleName = "System Idle Process";

    internal override ProcessEngineKind Kind => ProcessEngineKind.SystemInformation;

    internal override SampleReasons Reasons => WindowsReasons.Samples;

    internal override IReadOnlyList<Gap> Gaps => gaps;

    internal override void Read(ProcessFields fields, SampleTable table)
    {
        list.Refresh();
        if (list.Damaged > 0)
        {
            // Seen only when something between the kernel and this process tampers with the answer, or rewrites it while it is read.
            list.Refresh();
            table.Damaged += list.Damaged;
        }

        handles.Prune(list.Offsets);
        bool wantsTracer = (fields & ProcessFields.Tracer) != ProcessFields.None;
        foreach (int offset in list.Offsets.Values)
        {
            if (!ProcessEntry.TryRead(list.Bytes, offset, out ProcessEntry entry, out _))
            {
                continue;
            }

            ProcessSample sample = default;
            WindowsSamples.Fill(entry, ref sample);
            if (wantsTracer)
            {
                DebuggerState.Fill(handles, entry.Head.CreateTime, ref sample);
            }

            table.Add(sample, sample.Pid == 0 ? IdleName : entry.Name);
        }
    }
}
