using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Redaction;
using Sonde.Interop.Linux;
using LibC = Sonde.Interop.Linux.LibC;

namespace Sonde.Host.Processes.Linux;

/// <summary>The on-request tier of the process whose folder is open.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxDetailReader(ProcFiles files, ProcessCollectorOptions options)
{
    private const int MaxGroups = 65536;
    private const int ElfHeaderBytes = 64;
    private const int MaxAttributeBytes = 256;

    internal void Read(in ProcessSample sample, ProcessFields fields, ProcessDetails details)
    {
        if (fields.HasFlag(ProcessFields.Folders))
        {
            details.WorkingFolder = ReadLink("cwd"u8, sample);
            details.RootFolder = ReadLink("root"u8, sample);
        }

        if (fields.HasFlag(ProcessFields.Environment))
        {
            details.Environment = ReadEnvironment(sample);
        }

        if ((fields & (ProcessFields.Groups | ProcessFields.Scheduling)) != ProcessFields.None)
        {
            ReadStatus(fields, details);
        }

        if (fields.HasFlag(ProcessFields.Scheduling))
        {
            details.IoPriority = ReadIoPriority(sample.Pid);
            details.PagePriority = Reading.Unsupported<int>(LinuxReasons.NotOnLinux);
        }

        if (fields.HasFlag(ProcessFields.MemoryMap))
        {
            details.MemoryMap = ReadMemoryMap(sample);
        }

        if (fields.HasFlag(ProcessFields.Limits))
        {
            details.Limits = ReadText("limits"u8, static text => ProcLimits.Parse(text));
        }

        if (fields.HasFlag(ProcessFields.OutOfMemory))
        {
            details.OutOfMemory = ReadOutOfMemory();
        }

        if (fields.HasFlag(ProcessFields.ImageDetails))
        {
            details.ImageDetails = ReadImageDetails(sample);
        }

        if (fields.HasFlag(ProcessFields.UserMap))
        {
            details.UserMap = ReadText("uid_map"u8, static text => ProcText.Lines(text), isWhole: false);
            details.GroupMap = ReadText("gid_map"u8, static text => ProcText.Lines(text), isWhole: false);
            details.IsDumpable = ReadDumpable();
            details.SecureBits = Reading.Unsupported<uint>("the kernel shows them to the process itself only");
        }

        MarkForeign(fields, details);
    }

    private static void MarkForeign(ProcessFields fields, ProcessDetails details)
    {
        if (fields.HasFlag(ProcessFields.Signature))
        {
            details.Signature = Reading.Unsupported<ProcessSignature>(LinuxReasons.NotOnLinux);
        }

        if (fields.HasFlag(ProcessFields.Entitlements))
        {
            details.Entitlements = Reading.Unsupported<IReadOnlyDictionary<string, string>>(LinuxReasons.NotOnLinux);
        }

        if (fields.HasFlag(ProcessFields.Mitigations))
        {
            details.Mitigations = Reading.Unsupported<IReadOnlyList<string>>(LinuxReasons.NotOnLinux);
        }

        if (fields.HasFlag(ProcessFields.GuiObjects))
        {
            details.GdiObjects = Reading.Unsupported<uint>(LinuxReasons.NotOnLinux);
            details.UserObjects = Reading.Unsupported<uint>(LinuxReasons.NotOnLinux);
        }
    }

    private static Reading<T> Refused<T>(int error, bool isOffered = true)
    {
        ReadingStatus why = LinuxReasons.ToStatus(error, isOffered);
        return new Reading<T>(why, default, LinuxReasons.Of(why));
    }

    private static Reading<string> ReadIoPriority(int pid)
    {
        int priority = LibC.GetIoPriority(pid);
        return priority >= 0 ? ProcText.IoPriority(priority) : Refused<string>(priority);
    }

    private Reading<string> ReadLink(ReadOnlySpan<byte> name, in ProcessSample sample)
    {
        int length = files.ReadLink(name, out ReadOnlySpan<byte> target);
        return length >= 0 ? SystemText.Of(target)
            : length == -Interop.Unix.LibC.ENOENT && sample.State is ProcessState.Zombie or ProcessState.Dead ? Reading.None<string>("it has ended")
            : Refused<string>(length);
    }

    private Reading<T> ReadText<T>(ReadOnlySpan<byte> file, Func<byte[], Reading<T>> parse, bool isWhole = true)
    {
        int length = files.Read(file, out ReadOnlySpan<byte> text, isWhole: isWhole);
        return length >= 0 ? parse(text.ToArray()) : Refused<T>(length, IsOffered(file));
    }

    // Some files are a matter of the kernel's configuration: what we have ourselves, others have too.
    private bool IsOffered(ReadOnlySpan<byte> file) => files.ReadRoot([.. "self/"u8, .. file], out _) >= 0;

    private Reading<IReadOnlyList<string>> ReadEnvironment(in ProcessSample sample)
    {
        int max = Math.Max(1, options.MaxArgumentBytes);
        int length = files.Read("environ"u8, out ReadOnlySpan<byte> text, max, isWhole: false);
        if (length < 0)
        {
            return Refused<IReadOnlyList<string>>(length);
        }

        if (length == 0)
        {
            return Reading.None<IReadOnlyList<string>>(sample.IsKernel ? "a kernel thread has none" : "it is empty");
        }

        var entries = new List<string>();
        foreach (Range range in text.TrimEnd((byte)0).Split((byte)0))
        {
            entries.Add(SystemText.Of(text[range]));
        }

        if (length == max)
        {
            entries[^1] += " … (cut)";
        }

        if (!options.ShowSecrets)
        {
            SecretMask.ApplyToEnvironment(entries);
        }

        return entries;
    }

    private void ReadStatus(ProcessFields fields, ProcessDetails details)
    {
        int length = files.Read("status"u8, out ReadOnlySpan<byte> text);
        if (length < 0)
        {
            details.Groups = fields.HasFlag(ProcessFields.Groups) ? Refused<IReadOnlyList<string>>(length) : details.Groups;
            details.Affinity = fields.HasFlag(ProcessFields.Scheduling) ? Refused<string>(length) : details.Affinity;
            return;
        }

        ProcStatus.Parse(text, out ProcStatus status);
        if (fields.HasFlag(ProcessFields.Groups))
        {
            details.Groups = !status.Has(ProcStatus.Facts.Groups) ? Reading.Unsupported<IReadOnlyList<string>>(LinuxReasons.NotTold)
                : status.Groups.IsEmpty ? Reading.None<IReadOnlyList<string>>("it has no supplementary groups")
                : SystemText.Of(status.Groups).Split(' ', MaxGroups, StringSplitOptions.RemoveEmptyEntries);
        }

        if (fields.HasFlag(ProcessFields.Scheduling))
        {
            details.Affinity = status.Has(ProcStatus.Facts.AllowedProcessors) ? SystemText.Of(status.AllowedProcessors) : Reading.Unsupported<string>(LinuxReasons.NotTold);
        }
    }

    private Reading<ProcessMemoryMap> ReadMemoryMap(in ProcessSample sample)
    {
        int length = files.Read("smaps_rollup"u8, out ReadOnlySpan<byte> text, isWhole: false);
        return length > 0 ? ProcMemoryMap.Parse(text)
            : length == 0 || (length == -LibC.ESRCH && (sample.IsKernel || sample.State is ProcessState.Zombie or ProcessState.Dead))
                ? Reading.None<ProcessMemoryMap>("it has no memory of its own: a kernel thread, or a process that has ended")
            : Refused<ProcessMemoryMap>(length, IsOffered("smaps_rollup"u8));
    }

    private Reading<ProcessOutOfMemory> ReadOutOfMemory()
    {
        int length = files.Read("oom_score_adj"u8, out ReadOnlySpan<byte> text);
        if (length < 0)
        {
            return Refused<ProcessOutOfMemory>(length);
        }

        if (!new ProcNumbers(text.TrimEnd((byte)'\n')).TryInt32(out int adjustment))
        {
            return Reading.Failed<ProcessOutOfMemory>("it is no number");
        }

        length = files.Read("oom_score"u8, out text);
        return new ProcessOutOfMemory(
            adjustment,
            length < 0 ? Refused<int>(length)
            : new ProcNumbers(text.TrimEnd((byte)'\n')).TryInt32(out int score) ? score
            : Reading.Failed<int>("it is no number"));
    }

    private Reading<ProcessImageDetails> ReadImageDetails(in ProcessSample sample)
    {
        int error = files.Stat("exe"u8, out statx facts);
        if (error < 0)
        {
            return error == -Interop.Unix.LibC.ENOENT && (sample.IsKernel || sample.State is ProcessState.Zombie or ProcessState.Dead)
                ? Reading.None<ProcessImageDetails>("it runs from no file")
                : Refused<ProcessImageDetails>(error);
        }

        int length = files.Read("exe"u8, out ReadOnlySpan<byte> header, ElfHeaderBytes);
        Reading<string> architecture = length >= 0 ? ElfHeader.Architecture(header) : Refused<string>(length);
        return new ProcessImageDetails(
            facts.stx_uid.ToString(CultureInfo.InvariantCulture),
            facts.stx_gid.ToString(CultureInfo.InvariantCulture),
            Convert.ToString(facts.stx_mode & 0xFFF, 8).PadLeft(4, '0'),
            ReadFileCapabilities(sample.Pid),
            architecture,
            Reading.Unsupported<bool>(LinuxReasons.NotOnLinux),
            Reading.Unsupported<string>(LinuxReasons.NotOnLinux),
            Reading.Unsupported<string>(LinuxReasons.NotOnLinux),
            Reading.Unsupported<string>(LinuxReasons.NotOnLinux),
            Reading.Unsupported<string>(LinuxReasons.NotOnLinux),
            Reading.Unsupported<string>(LinuxReasons.NotOnLinux));
    }

    private Reading<IReadOnlyList<string>> ReadFileCapabilities(int pid)
    {
        const int NoData = 61; // ENODATA: the file has none
        const int NotSupported = 95; // EOPNOTSUPP: neither has its file system
        Span<byte> value = stackalloc byte[MaxAttributeBytes];
        int length = ProcFiles.ReadAttribute(string.Create(CultureInfo.InvariantCulture, $"{options.ProcRoot}/{pid}/exe"), "security.capability", value);
        return length is -NoData or -NotSupported ? Reading.None<IReadOnlyList<string>>("the file grants none")
            : length < 0 ? Refused<IReadOnlyList<string>>(length)
            : FileCapabilities.Parse(value[..length]);
    }

    // The kernel gives the folder of a process that may not be looked into to root (proc_pid(5)).
    private Reading<bool> ReadDumpable()
    {
        if (files.Read("status"u8, out ReadOnlySpan<byte> text) <= 0)
        {
            return Reading.Gone<bool>(LinuxReasons.Ended);
        }

        ProcStatus.Parse(text, out ProcStatus status);
        uint effective = status.Users.Effective;
        int error = files.Stat("."u8, out statx folder);
        return error < 0 ? Refused<bool>(error)
            : effective == 0 || !status.Has(ProcStatus.Facts.Users) ? Reading.Unsupported<bool>("of a process of root it cannot be told")
            : folder.stx_uid == effective;
    }
}
