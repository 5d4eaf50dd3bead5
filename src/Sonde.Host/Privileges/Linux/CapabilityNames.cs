using System.Globalization;

namespace Sonde.Host.Privileges.Linux;

/// <summary>The names of linux/capability.h, by number.</summary>
internal static class CapabilityNames
{
    private static readonly string[] s_names =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK",
        "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN",
        "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE",
        "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND",
        "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>How many numbers have names; a newer kernel may have more.</summary>
    internal static int Known => s_names.Length;

    /// <summary>The name, or "CAP_41" for one that is newer than this list.</summary>
    internal static string Of(int number) =>
        number < s_names.Length ? s_names[number] : string.Create(CultureInfo.InvariantCulture, $"CAP_{number}");

    /// <summary>The names of the bits that are set, lowest first.</summary>
    internal static IReadOnlyList<string> Of(ulong set)
    {
        var names = new List<string>();
        for (int number = 0; number < 64; number++)
        {
            if ((set >> number & 1) != 0)
            {
                names.Add(Of(number));
            }
        }

        return names;
    }

    /// <summary>The set with the named bits, in any case.</summary>
    /// <exception cref="ArgumentException">A name is no capability.</exception>
    internal static ulong ToSet(IEnumerable<string> names)
    {
        ulong set = 0;
        foreach (string name in names)
        {
            int number = Array.FindIndex(s_names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (number < 0
                && (!name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase)
                    || !int.TryParse(name.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out number)
                    || number is < 0 or > 63))
            {
                throw new ArgumentException($"'{name}' is no Linux capability.", nameof(names));
            }

            set |= 1UL << number;
        }

        return set;
    }
}
