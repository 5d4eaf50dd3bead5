using System.Globalization;
using System.Text;

namespace Sonde.System.Tests.Bpf;

/// <summary>/proc/P/stat, read the plain way for comparison.</summary>
internal sealed record ProcStat(string Name, string[] Rest)
{
    internal int ParentPid => (int)Number(4);

    internal int Group => (int)Number(5);

    internal int Session => (int)Number(6);

    internal int Terminal => (int)Number(7);

    // PF_SUPERPRIV (0x100) and other bits change with what the process does; a bit that /proc's own reader may set is left out.
    internal uint Flags => (uint)Number(9) & ~0x40u;

    internal long MinorFaults => Number(10);

    internal long MajorFaults => Number(12);

    internal long UserTicks => Number(14);

    internal long SystemTicks => Number(15);

    internal int Priority => (int)Number(18);

    internal int Nice => (int)Number(19);

    internal int Threads => (int)Number(20);

    internal long Start => Number(22);

    internal long VirtualBytes => Number(23);

    internal long Resident => Number(24);

    internal int RealTimePriority => (int)Number(40);

    internal int Policy => (int)Number(41);

    internal static ProcStat Read(int pid) => TryRead(pid) ?? throw new InvalidOperationException($"{pid} is gone");

    internal static ProcStat? TryRead(int pid)
    {
        try
        {
            string text = Encoding.Latin1.GetString(File.ReadAllBytes($"/proc/{pid}/stat"));
            int end = text.LastIndexOf(')');
            int start = text.IndexOf('(', StringComparison.Ordinal);
            return new ProcStat(text[(start + 1)..end], text[(end + 2)..].Split(' '));
        }
        catch (IOException)
        {
            return null; // it ended
        }
    }

    // The third field is the first after the name.
    private long Number(int field) => long.Parse(Rest[field - 3], CultureInfo.InvariantCulture);
}
