using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Linux;

/// <summary>The files of /proc: one for the core of a process, three more for memory, I/O and descriptors when they are asked for.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxProcEngine : ProcessEngine
{
    internal const string Name = "proc";

    private const ProcessFields FromOtherFiles = ProcessFields.Memory | ProcessFields.Io | ProcessFields.Handles | ProcessFields.ContextSwitches | ProcessFields.Tracer;

    private readonly ProcFiles _files;
    private readonly LinuxProcessReader _reader;
    private readonly LinuxClock _clock;
    private readonly long _pageSize;
    private readonly bool _fdSizeCounts;
    private readonly bool _hasIo;
    private readonly LinuxExactMemory _memory;

    /// <summary>Makes the engine.</summary>
    /// <param name="files">The mounted file system, shared with the reader.</param>
    /// <param name="reader">Reads the identity of a new process while its folder is open anyway.</param>
    /// <param name="clock">The kernel's ticks.</param>
    internal LinuxProcEngine(ProcFiles files, LinuxProcessReader reader, LinuxClock clock)
    {
        _files = files;
        _reader = reader;
        _clock = clock;
        _pageSize = Environment.SystemPageSize;

        // Since Linux 6.2 the size of the folder is the number of descriptors; before, it is 0, and the folder must be listed.
        _fdSizeCounts = files.Enter(Environment.ProcessId) == 0 && files.Stat("fd"u8, out statx own) == 0 && own.stx_size > 0;
        files.Leave();
        _hasIo = files.ReadRoot("self/io"u8, out _) > 0;
        _memory = new LinuxExactMemory(files);
    }

    internal override ProcessEngineKind Kind => ProcessEngineKind.Proc;

    internal override SampleReasons Reasons => LinuxReasons.Samples;

    internal override IReadOnlyList<Gap> Gaps => [];

    internal override void Read(ProcessFields fields, SampleTable table)
    {
        ReadOnlySpan<int> ids;
        try
        {
            ids = _files.ListIds();
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused, "/proc");
        }

        foreach (int id in ids)
        {
            ReadProcess(id, fields, table);
        }
    }

    /// <summary>Adds one process, or counts why not.</summary>
    /// <returns>How many threads it has; 0 when it was not added.</returns>
    internal int ReadProcess(int id, ProcessFields fields, SampleTable table)
    {
        bool isNew = table.WantedAtOnce != ProcessFields.None && table.IsUnknown(id);
        int result = isNew || (fields & FromOtherFiles) != ProcessFields.None ? ReadMore(id, fields, table) : ReadCore(id, table);
        if (result is -Interop.Unix.LibC.ENOENT or -LibC.ESRCH)
        {
            table.Vanished++;
        }
        else if (result < 0)
        {
            table.Refused++;
        }

        return Math.Max(result, 0);
    }

    /// <summary>Counts the descriptors of one process.</summary>
    internal void ReadHandles(ref ProcessSample sample)
    {
        int count = _files.Enter(sample.Pid);
        if (count == 0)
        {
            count = _fdSizeCounts ? _files.Stat("fd"u8, out statx folder) is < 0 and var error ? error : (int)folder.stx_size : _files.CountEntries("fd"u8);
            _files.Leave();
        }

        SetHandles(count, ref sample);
    }

    private static void SetHandles(int count, ref ProcessSample sample)
    {
        sample.Handles = Math.Max(count, 0);
        sample.Statuses.Set(SampleFields.Handles, count >= 0 ? ReadingStatus.Ok : LinuxReasons.ToStatus(count, isOffered: true));
    }

    private int ReadCore(int id, SampleTable table)
    {
        int length = _files.ReadOne(id, "stat"u8, out ReadOnlySpan<byte> text);
        if (length < 0)
        {
            return length;
        }

        if (!ProcStat.TryParse(text, out ProcStat stat))
        {
            return -LibC.ESRCH; // cut: the process ended while the kernel wrote the line
        }

        ProcessSample sample = default;
        LinuxSamples.Fill(stat, _clock, _pageSize, ref sample);
        int threads = stat.Threads;
        if (!_memory.IsNeeded || sample.Virtual == 0)
        {
            table.Add(sample, stat.Name);
            return threads;
        }

        Span<byte> name = stackalloc byte[64];
        name = CopyName(stat.Name, name);
        if (_memory.TryRead(id, out long resident, out _))
        {
            sample.Resident = resident * _pageSize;
        }

        table.Add(sample, name);
        return threads;
    }

    private int ReadMore(int id, ProcessFields fields, SampleTable table)
    {
        int error = _files.Enter(id);
        if (error < 0)
        {
            return error;
        }

        try
        {
            int length = _files.Read("stat"u8, out ReadOnlySpan<byte> text);
            if (length < 0)
            {
                return length;
            }

            if (!ProcStat.TryParse(text, out ProcStat stat))
            {
                return -LibC.ESRCH;
            }

            int threads = stat.Threads;
            Span<byte> name = stackalloc byte[64];
            name = CopyName(stat.Name, name);

            ProcessSample sample = default;
            LinuxSamples.Fill(stat, _clock, _pageSize, ref sample);
            ReadOthers(fields, ref sample);
            table.Add(sample, name);
            if (table.WantedAtOnce != ProcessFields.None && table.IsUnknown(id))
            {
                var identity = new ProcessIdentity { Fields = table.WantedAtOnce };
                _reader.ReadEntered(sample, table.WantedAtOnce, identity);
                table.Identify(id, identity);
            }

            return threads;
        }
        finally
        {
            _files.Leave();
        }
    }

    // The text of the name lies in the buffer that the next file overwrites.
    private static Span<byte> CopyName(ReadOnlySpan<byte> name, Span<byte> room)
    {
        Span<byte> copy = room[..Math.Min(room.Length, name.Length)];
        name[..copy.Length].CopyTo(copy);
        return copy;
    }

    private void ReadOthers(ProcessFields fields, ref ProcessSample sample)
    {
        const ProcessFields FromStatus = ProcessFields.Memory | ProcessFields.ContextSwitches | ProcessFields.Tracer;
        if ((fields & FromStatus) != ProcessFields.None)
        {
            int length = _files.Read("status"u8, out ReadOnlySpan<byte> text);
            if (length > 0)
            {
                ProcStatus.Parse(text, out ProcStatus status);
                LinuxSamples.Fill(status, fields, ref sample);
                if (status.Has(ProcStatus.Facts.Anonymous | ProcStatus.Facts.FilePages | ProcStatus.Facts.SharedMemory))
                {
                    sample.Resident = status.Anonymous + status.FilePages + status.SharedMemory; // to the page, where stat may not be
                }
            }
            else
            {
                SampleFields all = ((fields & ProcessFields.Memory) != ProcessFields.None ? LinuxSamples.MemoryFromStatus : SampleFields.None)
                    | ((fields & ProcessFields.ContextSwitches) != ProcessFields.None ? SampleFields.SwitchesGroup : SampleFields.None)
                    | ((fields & ProcessFields.Tracer) != ProcessFields.None ? SampleFields.Tracer : SampleFields.None);
                sample.Statuses.Set(all, LinuxReasons.ToStatus(length, isOffered: true));
            }
        }

        if ((fields & ProcessFields.Io) != ProcessFields.None)
        {
            ReadIo(ref sample);
        }

        if ((fields & ProcessFields.Handles) != ProcessFields.None)
        {
            int count = _fdSizeCounts ? _files.Stat("fd"u8, out statx folder) is < 0 and var error ? error : (int)folder.stx_size : _files.CountEntries("fd"u8);
            SetHandles(count, ref sample);
        }
    }

    private void ReadIo(ref ProcessSample sample)
    {
        int length = _files.Read("io"u8, out ReadOnlySpan<byte> text);
        if (length < 0)
        {
            sample.Statuses.Set(LinuxSamples.IoFromFile, LinuxReasons.ToStatus(length, _hasIo));
        }
        else if (ProcIo.TryParse(text, out ProcIo io))
        {
            LinuxSamples.Fill(io, ref sample);
        }
        else
        {
            sample.Statuses.Set(LinuxSamples.IoFromFile, ReadingStatus.Gone);
        }
    }
}
