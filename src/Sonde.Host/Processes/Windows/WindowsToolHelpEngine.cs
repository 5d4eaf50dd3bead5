using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>The tool help snapshot: ids, parents, names and threads; times of those that this user may open. For systems that refuse the list itself.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsToolHelpEngine(ProcessHandles handles, IReadOnlyList<Gap> gaps) : ProcessEngine
{
    internal const string Name = "tool_help";
    private const int SystemPid = 4;
    private const SampleFields FromEntry = SampleFields.ParentPid | SampleFields.Threads | SampleFields.Priority | SampleFields.IsKernel;
    private const SampleFields FromHandle = SampleFields.StartTime | SampleFields.Times;

    private readonly Dictionary<int, int> _alive = [];

    internal override ProcessEngineKind Kind => ProcessEngineKind.ToolHelp;

    internal override SampleReasons Reasons => WindowsReasons.Samples;

    internal override IReadOnlyList<Gap> Gaps => gaps;

    internal override void Read(ProcessFields fields, SampleTable table)
    {
        bool wantsTracer = (fields & ProcessFields.Tracer) != ProcessFields.None;
        _alive.Clear();
        try
        {
            using var list = ToolHelp.Take();
            while (list.TryNext(out PROCESSENTRY32W entry))
            {
                int pid = (int)entry.th32ProcessID;
                _alive[pid] = 0;
                ProcessSample sample = default;
                Fill(entry, ref sample);
                ReadTimes(ref sample);
                if (wantsTracer)
                {
                    DebuggerState.Fill(handles, created: null, ref sample);
                }

                table.Add(sample, entry.Name);
            }
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        handles.Prune(_alive);
    }

    private static void Fill(in PROCESSENTRY32W entry, ref ProcessSample sample)
    {
        sample.Pid = (int)entry.th32ProcessID;
        sample.ParentPid = (int)entry.th32ParentProcessID;
        sample.Threads = (int)Math.Min(entry.cntThreads, int.MaxValue);
        sample.Priority = entry.pcPriClassBase;
        sample.IsKernel = sample.Pid is 0 or SystemPid;
        sample.Statuses.Set(SampleFields.All, ReadingStatus.Unsupported);
        sample.Statuses.Set(FromEntry, ReadingStatus.Ok);
    }

    // A handle that is kept holds its id: no other process has it as long as the handle is open.
    private void ReadTimes(ref ProcessSample sample)
    {
        OpenedProcess opened = handles.Get(sample.Pid, created: null);
        KERNEL_USER_TIMES times = default;
        int status = opened.Handle is { } handle ? handle.Query(PROCESSINFOCLASS.ProcessTimes, ref times) : opened.Status;
        sample.Statuses.Set(FromHandle, WindowsReasons.StatusOf(status));
        if (status >= 0)
        {
            sample.Start = (ulong)times.CreateTime;
            sample.StartOrder = sample.Start;
            sample.StartTimeTicks = WindowsSamples.ToDateTicks(times.CreateTime);
            sample.UserTime = Math.Max(0, times.UserTime);
            sample.KernelTime = Math.Max(0, times.KernelTime);
        }
    }
}
