using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>One sysctl for the whole table, then two calls of libproc a process: its never-reused id, which everybody may read, and what only its own user and root may.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSProcessEngine : ProcessEngine
{
    internal const string Name = "sysctl";

    private const ProcessFields FromUsage = ProcessFields.Memory | ProcessFields.Io | ProcessFields.Energy;

    private readonly MachTime _time;
    private readonly int _usageVersion;
    private byte[] _rows = [];
    private byte[] _descriptors = [];

    /// <summary>Makes the engine.</summary>
    /// <param name="gaps">What it cannot see.</param>
    internal MacOSProcessEngine(IReadOnlyList<Gap> gaps)
    {
        _time = MachTime.From(ProcessInfo.Timebase());

        // Version 6, with the energy, came with macOS 13.
        _usageVersion = ProcessInfo.TryReadUsage(Environment.ProcessId, Darwin.RUSAGE_INFO_V6, out _, out NativeError error) || error.Code != Darwin.EINVAL
            ? Darwin.RUSAGE_INFO_V6
            : Darwin.RUSAGE_INFO_V4;
        Gaps = gaps;
    }

    internal override ProcessEngineKind Kind => ProcessEngineKind.Sysctl;

    internal override SampleReasons Reasons { get; } = MacOSReasons.Samples(new MacOSTerminals().NameOf);

    internal override IReadOnlyList<Gap> Gaps { get; }

    internal override void Read(ProcessFields fields, SampleTable table)
    {
        int length;
        try
        {
            length = ProcessTable.ReadAll(ref _rows);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        ReadOnlySpan<byte> rest = _rows.AsSpan(0, length);
        int rowSize = NativeStruct.SizeOf<kinfo_proc>();
        while (NativeStruct.TryRead(rest, out kinfo_proc row))
        {
            rest = rest[rowSize..];
            ReadOne(row, fields, table);
        }

        // A row that is cut names nobody.
        table.Refused += rest.IsEmpty ? 0 : 1;
    }

    private void ReadOne(in kinfo_proc row, ProcessFields fields, SampleTable table)
    {
        ProcessSample sample = default;
        MacOSSamples.Fill(row, fields, ref sample);
        if (ProcessInfo.TryRead(row.p_pid, Darwin.PROC_PIDUNIQIDENTIFIERINFO, ProcessInfo.AlsoEnded, out proc_uniqidentifierinfo identity, out NativeError error))
        {
            MacOSSamples.Fill(identity, ref sample);
        }
        else if (error.Code == Darwin.ESRCH)
        {
            table.Vanished++;
            return;
        }
        else
        {
            sample.Statuses.Set(SampleFields.ImageVersion, MacOSReasons.ToStatus(error));
        }

        if (!TryReadTask(row, ref sample))
        {
            table.Vanished++;
            return;
        }

        sample.Session = ProcessInfo.SessionOf(row.p_pid, out error);
        sample.Statuses.Set(SampleFields.Session, ToStatus(error, sample.State));
        if ((fields & FromUsage) != ProcessFields.None)
        {
            ReadUsage(fields, ref sample);
        }

        if ((fields & ProcessFields.Handles) != ProcessFields.None)
        {
            sample.Handles = ProcessInfo.CountDescriptors(row.p_pid, ref _descriptors, out error);
            sample.Statuses.Set(SampleFields.Handles, ToStatus(error, sample.State));
        }

        table.Add(sample, ProcessTable.NameOf(in row));
    }

    // False when another process has the id by now.
    private bool TryReadTask(in kinfo_proc row, ref ProcessSample sample)
    {
        if (!ProcessInfo.TryRead(row.p_pid, Darwin.PROC_PIDTASKALLINFO, 0, out proc_taskallinfo task, out NativeError error))
        {
            MacOSSamples.Refuse(ToStatus(error, sample.State), ref sample);
            return true;
        }

        if (task.pbsd.pbi_start_tvsec != (ulong)row.__p_starttime.tv_sec || task.pbsd.pbi_start_tvusec != (ulong)row.__p_starttime.tv_usec)
        {
            return false;
        }

        MacOSSamples.Fill(task.ptinfo, _time, ref sample);
        return true;
    }

    private void ReadUsage(ProcessFields fields, ref ProcessSample sample)
    {
        if (ProcessInfo.TryReadUsage(sample.Pid, _usageVersion, out rusage_info_v6 usage, out NativeError error))
        {
            MacOSSamples.Fill(usage, _usageVersion == Darwin.RUSAGE_INFO_V6, fields, ref sample);
        }
        else
        {
            sample.Statuses.Set(MacOSSamples.UsageFields(fields), ToStatus(error, sample.State));
        }
    }

    // Of a process that has ended nothing is left but its row; that is no race.
    private static ReadingStatus ToStatus(NativeError error, ProcessState state) =>
        error.Code == Darwin.ESRCH && state is ProcessState.Zombie or ProcessState.Dead ? ReadingStatus.None : MacOSReasons.ToStatus(error);
}
