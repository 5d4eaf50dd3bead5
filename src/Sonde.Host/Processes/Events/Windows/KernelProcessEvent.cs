using Sonde.Interop.Windows.Etw;

namespace Sonde.Host.Processes.Events.Windows;

/// <summary>A start or an end as Microsoft-Windows-Kernel-Process writes it, taken out of its payload.</summary>
/// <param name="IsStart">Whether it started; else it ended.</param>
/// <param name="Pid">Its id.</param>
/// <param name="Sequence">Its number since the system started, 0 where the event has none (Windows 10 before 1903).</param>
/// <param name="Created">When it started, as a FILETIME.</param>
/// <param name="ParentPid">Of a start: who started it.</param>
/// <param name="ParentSequence">Of a start: that one's number, or 0.</param>
/// <param name="ExitCode">Of an end: its code.</param>
/// <param name="Image">Of a start: its program as the kernel names it, "\Device\HarddiskVolume3\Windows\System32\cmd.exe"; of an end its file's name, which the kernel cuts at 14 characters.</param>
internal readonly record struct KernelProcessEvent(bool IsStart, int Pid, ulong Sequence, long Created, int ParentPid, ulong ParentSequence, int ExitCode, string Image)
{
    private const ushort Start = 1;
    private const ushort Stop = 2;

    // 1980 and 2200: where another form of the event would put another number, it falls outside.
    private const long Earliest = 0x01A8_E79F_E1D5_8000;
    private const long Latest = 0x02A0_0000_0000_0000;

    /// <summary>Whether an event is one of those that are taken apart here.</summary>
    internal static bool IsOne(in EtwRecord record) => record.Provider == EtwProvider.KernelProcess.Id && record.Id is Start or Stop;

    /// <summary>The name of the program's file.</summary>
    internal string Name => Image[(Image.LastIndexOf('\\') + 1)..];

    /// <summary>Takes an event apart. A form that is newer than the newest known is read like that one, as long as what stands there makes sense.</summary>
    /// <returns><see langword="false"/> for a payload that is too short, or that makes no sense; never throws.</returns>
    internal static bool TryParse(in EtwRecord record, out KernelProcessEvent read)
    {
        read = default;
        if (!IsOne(record))
        {
            return false;
        }

        var payload = new EtwPayload(record.Payload);
        read = record.Id == Start ? ReadStart(ref payload, record.Version) : ReadStop(ref payload, record.Version);

        // A text that is cut is one nevertheless; what stands before it must be there.
        return read is { Pid: > 0, Created: > Earliest and < Latest, ParentPid: >= 0 };
    }

    // Version 1 adds flags, 2 what follows the image; 3 puts numbers, elevation and label in between, and 4 adds mitigations at the end.
    private static KernelProcessEvent ReadStart(ref EtwPayload payload, byte version)
    {
        int pid = (int)payload.ReadUInt32();
        ulong sequence = version >= 3 ? payload.ReadUInt64() : 0;
        long created = payload.ReadInt64();
        int parent = (int)payload.ReadUInt32();
        ulong parentSequence = version >= 3 ? payload.ReadUInt64() : 0;
        payload.ReadUInt32(); // session
        if (version >= 1)
        {
            payload.ReadUInt32(); // flags
        }

        if (version >= 3)
        {
            payload.ReadUInt32(); // kind of elevation
            payload.ReadUInt32(); // whether elevated
            payload.SkipSid();
        }

        return payload.IsCut ? default : new KernelProcessEvent(IsStart: true, pid, sequence, created, parent, parentSequence, 0, payload.ReadWideText());
    }

    // Version 1 adds cycles and I/O before the image, 2 the number.
    private static KernelProcessEvent ReadStop(ref EtwPayload payload, byte version)
    {
        int pid = (int)payload.ReadUInt32();
        ulong sequence = version >= 2 ? payload.ReadUInt64() : 0;
        long created = payload.ReadInt64();
        payload.ReadInt64(); // end
        int code = (int)payload.ReadUInt32();
        payload.ReadUInt32(); // kind of elevation
        payload.ReadUInt32(); // handles
        payload.ReadUInt64(); // commit
        payload.ReadUInt64(); // most of it
        if (version >= 1)
        {
            payload.ReadUInt64(); // cycles
            payload.ReadBytes(5 * sizeof(uint)); // reads, writes, both in kilobytes, hard faults
        }

        return payload.IsCut ? default : new KernelProcessEvent(IsStart: false, pid, sequence, created, 0, 0, code, payload.ReadNarrowText());
    }
}
