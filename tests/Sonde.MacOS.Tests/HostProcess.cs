using System.Buffers.Binary;
using System.Text;

namespace Sonde.MacOS.Tests;

/// <summary>A process of the look-alike: the record of tests/fixtures/macos/processes.c.</summary>
internal sealed record HostProcess(int Pid, string Name)
{
    private const int NameBytes = 24;

    /// <summary>SRUN: the table has no other word for a living process.</summary>
    internal const int Alive = 2;

    internal const int Ended = 5;

    /// <summary>Device number of no terminal.</summary>
    internal const int NoTerminal = -1;

    /// <summary>The first process, which started before all others.</summary>
    internal static HostProcess Launchd { get; } = new(1, "launchd") { Parent = 0, UniqueId = 2, Start = 1_699_999_999_000_001, ImageVersion = 1 };

    internal int Parent { get; init; } = 1;

    internal int Group { get; init; } = Pid;

    internal int Session { get; init; } = Pid;

    internal uint User { get; init; }

    internal uint RealUser { get; init; }

    internal uint SavedUser { get; init; }

    internal uint UserGroup { get; init; }

    internal uint RealGroup { get; init; }

    internal uint SavedGroup { get; init; }

    internal int State { get; init; } = Alive;

    internal int Flags { get; init; }

    internal int Nice { get; init; }

    internal int Terminal { get; init; } = NoTerminal;

    /// <summary>Microseconds since 1970.</summary>
    internal long Start { get; init; } = 1_700_000_000_000_000 + Pid;

    internal long UniqueId { get; init; } = 1000 + Pid;

    internal int ImageVersion { get; init; } = 7;

    internal int Threads { get; init; } = 3;

    internal int Running { get; init; }

    internal int Priority { get; init; } = 31;

    /// <summary>Mach ticks.</summary>
    internal long UserTicks { get; init; }

    internal long SystemTicks { get; init; }

    internal long Resident { get; init; } = 4096;

    internal long Virtual { get; init; } = 1 << 20;

    internal int Faults { get; init; } = 10;

    internal int Pageins { get; init; } = 4;

    internal long Footprint { get; init; } = 2048;

    internal long Wired { get; init; }

    internal long DiskRead { get; init; }

    internal long DiskWritten { get; init; }

    internal long Cycles { get; init; } = 11;

    internal long Instructions { get; init; } = 12;

    internal long Energy { get; init; } = 13;

    internal long Wakeups { get; init; }

    internal int Descriptors { get; init; } = 5;

    /// <summary>What csops says; -1 for code without a signature.</summary>
    internal long CodeSigning { get; init; } = -1;

    internal int Category { get; init; }

    internal bool IsSandboxed { get; init; }

    internal int Responsible { get; init; } = Pid;

    internal long Coalition { get; init; } = 500;

    internal long JetsamCoalition { get; init; } = 501;

    internal int CpuType { get; init; } = 0x0100000C;

    internal int CpuSubtype { get; init; }

    internal long AuditUser { get; init; } = uint.MaxValue;

    internal long AuditSession { get; init; }

    internal int Groups { get; init; } = 1;

    internal byte[]? NameAsBytes { get; init; }

    internal byte[] ToBytes()
    {
        ReadOnlySpan<long> numbers =
        [
            Pid, Parent, Group, Session, User, RealUser, SavedUser, UserGroup, RealGroup, SavedGroup, State, Flags, Nice, Terminal, Start, UniqueId, ImageVersion, Threads,
            Running, Priority, UserTicks, SystemTicks, Resident, Virtual, Faults, Pageins, Footprint, Wired, DiskRead, DiskWritten, Cycles, Instructions, Energy, Wakeups,
            Descriptors, CodeSigning, Category, IsSandboxed ? 1 : 0, Responsible, Coalition, JetsamCoalition, CpuType, CpuSubtype, AuditUser, AuditSession, Groups,
        ];
        byte[] record = new byte[(numbers.Length * sizeof(long)) + NameBytes];
        for (int at = 0; at < numbers.Length; at++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(at * sizeof(long)), numbers[at]);
        }

        (NameAsBytes ?? Encoding.UTF8.GetBytes(Name)).CopyTo(record, numbers.Length * sizeof(long));
        return record;
    }
}
