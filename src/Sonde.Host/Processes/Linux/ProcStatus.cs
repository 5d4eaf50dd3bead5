using System.Globalization;

namespace Sonde.Host.Processes.Linux;

/// <summary>/proc/PID/status: a line a fact (proc_pid_status(5)). Lines of other kernels are passed over, missing ones leave their bit unset.</summary>
internal ref struct ProcStatus
{
    internal Facts Known;
    internal UserIds Users;
    internal UserIds GroupIds;
    internal ReadOnlySpan<byte> Groups;
    internal ReadOnlySpan<byte> NamespacePids;
    internal ReadOnlySpan<byte> AllowedProcessors;
    internal int Tracer;
    internal long PeakVirtual;
    internal long Locked;
    internal long PeakResident;
    internal long Anonymous;
    internal long FilePages;
    internal long SharedMemory;
    internal long Swap;
    internal ulong CapInheritable;
    internal ulong CapPermitted;
    internal ulong CapEffective;
    internal ulong CapBounding;
    internal ulong CapAmbient;
    internal bool NoNewPrivileges;
    internal int Seccomp;
    internal int SeccompFilters;
    internal ulong VoluntarySwitches;
    internal ulong InvoluntarySwitches;

    /// <summary>Which lines were there and could be read.</summary>
    [Flags]
    internal enum Facts
    {
        None = 0,
        Users = 1 << 0,
        GroupIds = 1 << 1,
        Groups = 1 << 2,
        NamespacePids = 1 << 3,
        AllowedProcessors = 1 << 4,
        Tracer = 1 << 5,
        PeakVirtual = 1 << 6,
        Locked = 1 << 7,
        PeakResident = 1 << 8,
        Anonymous = 1 << 9,
        FilePages = 1 << 10,
        SharedMemory = 1 << 11,
        Swap = 1 << 12,
        Capabilities = 1 << 13,
        CapAmbient = 1 << 14,
        NoNewPrivileges = 1 << 15,
        Seccomp = 1 << 16,
        SeccompFilters = 1 << 17,
        VoluntarySwitches = 1 << 18,
        InvoluntarySwitches = 1 << 19,
    }

    /// <summary>Real, effective, saved and file system id.</summary>
    internal readonly record struct UserIds(uint Real, uint Effective, uint Saved, uint FileSystem);

    internal readonly bool Has(Facts facts) => (Known & facts) == facts;

    /// <summary>Reads what is known of the text; never throws.</summary>
    internal static void Parse(ReadOnlySpan<byte> text, out ProcStatus status)
    {
        status = default;
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            if (end < 0)
            {
                return; // a line without its end was cut, and its number with it
            }

            int colon = text[..end].IndexOf((byte)':');
            if (colon > 0)
            {
                Take(text[..colon], text[(colon + 1)..end].Trim(" \t"u8), ref status);
            }

            text = text[(end + 1)..];
        }
    }

    private static void Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ref ProcStatus status)
    {
        // By the first letter first: there are sixty lines, and a comparison with each name for each would be most of the work.
        switch (key[0])
        {
            case (byte)'U' when key.SequenceEqual("Uid"u8):
                Set(ref status, Facts.Users, TryIds(value, out status.Users));
                break;
            case (byte)'G' when key.SequenceEqual("Gid"u8):
                Set(ref status, Facts.GroupIds, TryIds(value, out status.GroupIds));
                break;
            case (byte)'G' when key.SequenceEqual("Groups"u8):
                status.Groups = value;
                status.Known |= Facts.Groups;
                break;
            case (byte)'T' when key.SequenceEqual("TracerPid"u8):
                Set(ref status, Facts.Tracer, new ProcNumbers(value).TryInt32(out status.Tracer));
                break;
            case (byte)'V':
                TakeMemory(key, value, ref status);
                break;
            case (byte)'R':
                TakeResident(key, value, ref status);
                break;
            case (byte)'C':
                TakeCapability(key, value, ref status);
                break;
            case (byte)'N' when key.SequenceEqual("NSpid"u8):
                status.NamespacePids = value;
                status.Known |= Facts.NamespacePids;
                break;
            case (byte)'N' when key.SequenceEqual("NoNewPrivs"u8):
                status.NoNewPrivileges = value.SequenceEqual("1"u8);
                status.Known |= Facts.NoNewPrivileges;
                break;
            case (byte)'S' when key.SequenceEqual("Seccomp"u8):
                Set(ref status, Facts.Seccomp, new ProcNumbers(value).TryInt32(out status.Seccomp));
                break;
            case (byte)'S' when key.SequenceEqual("Seccomp_filters"u8):
                Set(ref status, Facts.SeccompFilters, new ProcNumbers(value).TryInt32(out status.SeccompFilters));
                break;
            case (byte)'v' when key.SequenceEqual("voluntary_ctxt_switches"u8):
                Set(ref status, Facts.VoluntarySwitches, new ProcNumbers(value).TryUInt64(out status.VoluntarySwitches));
                break;
            case (byte)'n' when key.SequenceEqual("nonvoluntary_ctxt_switches"u8):
                Set(ref status, Facts.InvoluntarySwitches, new ProcNumbers(value).TryUInt64(out status.InvoluntarySwitches));
                break;
        }
    }

    private static void TakeMemory(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ref ProcStatus status)
    {
        if (key.SequenceEqual("VmPeak"u8))
        {
            Set(ref status, Facts.PeakVirtual, TryKilobytes(value, out status.PeakVirtual));
        }
        else if (key.SequenceEqual("VmLck"u8))
        {
            Set(ref status, Facts.Locked, TryKilobytes(value, out status.Locked));
        }
        else if (key.SequenceEqual("VmHWM"u8))
        {
            Set(ref status, Facts.PeakResident, TryKilobytes(value, out status.PeakResident));
        }
        else if (key.SequenceEqual("VmSwap"u8))
        {
            Set(ref status, Facts.Swap, TryKilobytes(value, out status.Swap));
        }
    }

    private static void TakeResident(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ref ProcStatus status)
    {
        if (key.SequenceEqual("RssAnon"u8))
        {
            Set(ref status, Facts.Anonymous, TryKilobytes(value, out status.Anonymous));
        }
        else if (key.SequenceEqual("RssFile"u8))
        {
            Set(ref status, Facts.FilePages, TryKilobytes(value, out status.FilePages));
        }
        else if (key.SequenceEqual("RssShmem"u8))
        {
            Set(ref status, Facts.SharedMemory, TryKilobytes(value, out status.SharedMemory));
        }
    }

    private static void TakeCapability(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ref ProcStatus status)
    {
        if (key.SequenceEqual("CapInh"u8))
        {
            TryHexadecimal(value, out status.CapInheritable);
        }
        else if (key.SequenceEqual("CapPrm"u8))
        {
            TryHexadecimal(value, out status.CapPermitted);
        }
        else if (key.SequenceEqual("CapEff"u8))
        {
            TryHexadecimal(value, out status.CapEffective);
        }
        else if (key.SequenceEqual("CapBnd"u8))
        {
            Set(ref status, Facts.Capabilities, TryHexadecimal(value, out status.CapBounding)); // the last of the four that every kernel has
        }
        else if (key.SequenceEqual("CapAmb"u8))
        {
            Set(ref status, Facts.CapAmbient, TryHexadecimal(value, out status.CapAmbient));
        }
        else if (key.SequenceEqual("Cpus_allowed_list"u8))
        {
            status.AllowedProcessors = value;
            status.Known |= Facts.AllowedProcessors;
        }
    }

    private static void Set(ref ProcStatus status, Facts fact, bool isRead)
    {
        if (isRead)
        {
            status.Known |= fact;
        }
    }

    private static bool TryKilobytes(ReadOnlySpan<byte> value, out long bytes)
    {
        bytes = 0;
        if (!new ProcNumbers(value).TryUInt64(out ulong kilobytes) || kilobytes > long.MaxValue / 1024 || !value.EndsWith(" kB"u8))
        {
            return false;
        }

        bytes = (long)kilobytes * 1024;
        return true;
    }

    private static bool TryHexadecimal(ReadOnlySpan<byte> value, out ulong set) =>
        ulong.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out set);

    // "0\t0\t0\t0", each up to 4294967295.
    private static bool TryIds(ReadOnlySpan<byte> value, out UserIds ids)
    {
        ids = default;
        Span<uint> all = stackalloc uint[4];
        for (int at = 0; at < all.Length; at++)
        {
            int end = value.IndexOf((byte)'\t');
            ReadOnlySpan<byte> one = end < 0 ? value : value[..end];
            if (!new ProcNumbers(one).TryUInt64(out ulong id) || id > uint.MaxValue)
            {
                return false;
            }

            all[at] = (uint)id;
            value = end < 0 ? default : value[(end + 1)..];
        }

        ids = new UserIds(all[0], all[1], all[2], all[3]);
        return value.IsEmpty;
    }
}
