using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Testing;

/// <summary>Counts the kernel handles of this process. GetProcessHandleCount says 0 under Wine; the system's whole list is right there too.</summary>
[SupportedOSPlatform("windows")]
public static unsafe partial class WindowsHandles
{
    private const int SystemHandleInformation = 16;
    private const uint STATUS_INFO_LENGTH_MISMATCH = 0xC0000004;
    private const int EntrySize = 24; // SYSTEM_HANDLE_TABLE_ENTRY_INFO on 64-bit systems
    private const int FirstEntry = 8;
    private const int Attempts = 4;

    /// <summary>How many handles this process has, by the system's number for their type.</summary>
    public static IReadOnlyDictionary<byte, int> CountByType()
    {
        var counts = new Dictionary<byte, int>();
        ReadOnlySpan<byte> list = ReadList();
        int count = BinaryPrimitives.ReadInt32LittleEndian(list);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = list.Slice(FirstEntry + (i * EntrySize), EntrySize);
            if (BinaryPrimitives.ReadUInt16LittleEndian(entry) == (ushort)Environment.ProcessId)
            {
                counts[entry[4]] = counts.GetValueOrDefault(entry[4]) + 1;
            }
        }

        return counts;
    }

    /// <summary>How many handles this process has.</summary>
    public static int Count() => CountByType().Values.Sum();

    /// <summary>How many handles stay open after an action was done many times: of several attempts, the one that left the fewest.</summary>
    /// <remarks>A leak shows in each attempt; what the runtime opens meanwhile, such as threads of its pool, is opened once.</remarks>
    /// <param name="rounds">How often an attempt does it.</param>
    /// <param name="action">What to do.</param>
    public static int LeastGrowth(int rounds, Action action)
    {
        action();
        action();
        int least = int.MaxValue;
        for (int attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            int before = Count();
            for (int i = 0; i < rounds; i++)
            {
                action();
            }

            least = Math.Min(least, Count() - before);
        }

        return least;
    }

    private static byte[] ReadList()
    {
        for (int size = 64 * 1024; size <= 64 * 1024 * 1024; size *= 2)
        {
            byte[] buffer = new byte[size];
            uint status;
            fixed (byte* start = buffer)
            {
                status = NtQuerySystemInformation(SystemHandleInformation, start, (uint)size, null);
            }

            if (status == 0)
            {
                return buffer;
            }

            if (status != STATUS_INFO_LENGTH_MISMATCH)
            {
                throw new InvalidOperationException($"NtQuerySystemInformation(16): 0x{status:X8}");
            }
        }

        throw new InvalidOperationException("The list of handles is larger than 64 MiB.");
    }

    [LibraryImport("ntdll.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial uint NtQuerySystemInformation(int what, byte* buffer, uint size, uint* length);
}
