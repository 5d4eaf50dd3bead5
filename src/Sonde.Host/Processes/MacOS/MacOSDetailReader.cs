using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Redaction;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>The on-request tier of a process.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSDetailReader(ProcessCollectorOptions options, CodeSigningReader signing, MacOSImageReader images, ArgumentReader arguments)
{
    internal void Read(in ProcessSample sample, ProcessFields fields, ProcessDetails details)
    {
        if (fields.HasFlag(ProcessFields.Folders))
        {
            ReadFolders(sample, details);
        }

        if (fields.HasFlag(ProcessFields.Environment))
        {
            details.Environment = ReadEnvironment(sample);
        }

        if (fields.HasFlag(ProcessFields.Groups))
        {
            details.Groups = ReadGroups(sample.Pid);
        }

        if (fields.HasFlag(ProcessFields.Entitlements))
        {
            details.Entitlements = signing.ReadEntitlements(sample);
        }

        if (fields.HasFlag(ProcessFields.ImageDetails))
        {
            details.ImageDetails = ReadImageDetails(sample);
        }

        MarkForeign(fields, details);
    }

    /// <summary>For which processor code is: the names of Linux and Windows for the same ones.</summary>
    internal static Reading<string> ArchitectureOf(in proc_archinfo architecture)
    {
        const int Intel = 7;
        const int Intel64 = 0x01000007;
        const int Arm64 = 0x0100000C;
        const int PointerAuthentication = 2; // CPU_SUBTYPE_ARM64E, below flags in the highest byte
        return architecture.p_cputype switch
        {
            Intel => "i386",
            Intel64 => "x86-64",
            Arm64 => (architecture.p_cpusubtype & 0xFFFFFF) == PointerAuthentication ? "aarch64e" : "aarch64",
            0 => Reading.None<string>("the kernel names no processor for it"),
            int other => string.Create(CultureInfo.InvariantCulture, $"cpu type 0x{other:x8}"),
        };
    }

    private static void MarkForeign(ProcessFields fields, ProcessDetails details)
    {
        if (fields.HasFlag(ProcessFields.MemoryMap))
        {
            details.MemoryMap = Reading.Unsupported<ProcessMemoryMap>("macOS counts the footprint instead");
        }

        if (fields.HasFlag(ProcessFields.Limits))
        {
            details.Limits = Reading.Unsupported<IReadOnlyList<ProcessLimit>>("macOS tells a process its own limits only");
        }

        if (fields.HasFlag(ProcessFields.Scheduling))
        {
            details.IoPriority = Reading.Unsupported<string>("macOS tells a process its own policy only");
            details.PagePriority = Reading.Unsupported<int>(MacOSReasons.NotOnMacOS);
            details.Affinity = Reading.Unsupported<string>("macOS binds no process to processors");
        }

        if (fields.HasFlag(ProcessFields.OutOfMemory))
        {
            details.OutOfMemory = Reading.Unsupported<ProcessOutOfMemory>("macOS has no public call for the jetsam priority");
        }

        if (fields.HasFlag(ProcessFields.UserMap))
        {
            details.UserMap = Reading.Unsupported<IReadOnlyList<string>>(MacOSReasons.NotOnMacOS);
            details.GroupMap = Reading.Unsupported<IReadOnlyList<string>>(MacOSReasons.NotOnMacOS);
            details.IsDumpable = Reading.Unsupported<bool>(MacOSReasons.NotOnMacOS);
            details.SecureBits = Reading.Unsupported<uint>(MacOSReasons.NotOnMacOS);
        }

        if (fields.HasFlag(ProcessFields.Hash))
        {
            details.Hash = Reading.NotCollected<string>("the reading of processes does not read their files");
        }

        if (fields.HasFlag(ProcessFields.Signature))
        {
            details.Signature = Reading.Unsupported<ProcessSignature>("macOS verifies code as it runs: see code signing");
        }

        if (fields.HasFlag(ProcessFields.Mitigations))
        {
            details.Mitigations = Reading.Unsupported<IReadOnlyList<string>>("see the code signing flags");
        }

        if (fields.HasFlag(ProcessFields.GuiObjects))
        {
            details.GdiObjects = Reading.Unsupported<uint>(MacOSReasons.NotOnMacOS);
            details.UserObjects = Reading.Unsupported<uint>(MacOSReasons.NotOnMacOS);
        }
    }

    private static void ReadFolders(in ProcessSample sample, ProcessDetails details)
    {
        if (!ProcessInfo.TryRead(sample.Pid, Darwin.PROC_PIDVNODEPATHINFO, 0, out proc_vnodepathinfo folders, out NativeError error))
        {
            details.WorkingFolder = MacOSReasons.RefusedOf<string>(error, sample);
            details.RootFolder = MacOSReasons.RefusedOf<string>(error, sample);
            return;
        }

        ReadOnlySpan<byte> working = MacOSImageReader.PathOf(in folders.pvi_cdir);
        ReadOnlySpan<byte> root = MacOSImageReader.PathOf(in folders.pvi_rdir);
        details.WorkingFolder = working.IsEmpty ? Reading.None<string>("the folder has no name any more") : SystemText.Of(working);

        // The kernel fills it after chroot only.
        details.RootFolder = root.IsEmpty ? "/" : SystemText.Of(root);
    }

    private static Reading<IReadOnlyList<string>> ReadGroups(int pid)
    {
        if (!ProcessTable.TryReadOne(pid, out kinfo_proc row, out NativeError error))
        {
            return MacOSReasons.Refused<IReadOnlyList<string>>(error);
        }

        // The first is the effective group; what is beyond the sixteenth only the directory services know.
        ReadOnlySpan<uint> groups = row.cr_groups;
        int count = Math.Clamp((int)row.cr_ngroups, 0, groups.Length);
        string[] names = new string[count];
        for (int at = 0; at < count; at++)
        {
            names[at] = groups[at].ToString(CultureInfo.InvariantCulture);
        }

        return count > 0 ? names : Reading.None<IReadOnlyList<string>>("it has no groups");
    }

    private Reading<IReadOnlyList<string>> ReadEnvironment(in ProcessSample sample)
    {
        if (!arguments.TryRead(sample, out ArgumentStrings strings, out Reading<string> refused))
        {
            return new Reading<IReadOnlyList<string>>(refused.Status, default, refused.Reason);
        }

        ReadOnlySpan<byte> text = strings.Environment;
        if (text.IsEmpty)
        {
            return ArgumentReader.WhyNoEnvironment<IReadOnlyList<string>>(sample.Pid, "it is empty");
        }

        int max = Math.Max(1, options.MaxArgumentBytes);
        bool isCut = text.Length > max;
        text = isCut ? text[..max] : text;
        var entries = new List<string>();
        foreach (Range range in text.TrimEnd((byte)0).Split((byte)0))
        {
            entries.Add(SystemText.Of(text[range]));
        }

        if (isCut)
        {
            entries[^1] += " … (cut)";
        }

        if (!options.ShowSecrets)
        {
            SecretMask.ApplyToEnvironment(entries);
        }

        return entries;
    }

    private Reading<ProcessImageDetails> ReadImageDetails(in ProcessSample sample)
    {
        if (sample.IsKernel)
        {
            return Reading.None<ProcessImageDetails>("the kernel runs from no file of a process");
        }

        bool isThere = images.TryReadFile(sample.Pid, out stat facts, out NativeError error);
        Reading<string> architecture = ProcessInfo.TryRead(sample.Pid, Darwin.PROC_PIDARCHINFO, 0, out proc_archinfo processor, out NativeError unknown)
            ? ArchitectureOf(processor)
            : MacOSReasons.RefusedOf<string>(unknown, sample);
        Reading<bool> isTranslated = ProcessTable.TryReadOne(sample.Pid, out kinfo_proc row, out unknown)
            ? (row.p_flag & Darwin.P_TRANSLATED) != 0
            : MacOSReasons.Refused<bool>(unknown);
        return new ProcessImageDetails(
            isThere ? facts.st_uid.ToString(CultureInfo.InvariantCulture) : NoFile(error, sample),
            isThere ? facts.st_gid.ToString(CultureInfo.InvariantCulture) : NoFile(error, sample),
            isThere ? Convert.ToString(facts.st_mode & 0xFFF, 8).PadLeft(4, '0') : NoFile(error, sample),
            Reading.Unsupported<IReadOnlyList<string>>("macOS has no capabilities: see the entitlements"),
            architecture,
            isTranslated,
            NotRead(),
            NotRead(),
            NotRead(),
            NotRead(),
            NotRead());
    }

    private static Reading<string> NotRead() => Reading.NotCollected<string>("the property list of its bundle is not read");

    private static Reading<string> NoFile(NativeError error, in ProcessSample sample) =>
        error.Code is Darwin.ENOENT or Darwin.ENOTDIR ? Reading.Gone<string>("there is no file under its path any more") : MacOSReasons.RefusedOf<string>(error, sample);
}
