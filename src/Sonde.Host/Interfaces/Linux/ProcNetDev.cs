namespace Sonde.Host.Interfaces.Linux;

/// <summary>What /proc/net/dev lists: every interface of a network namespace, and what it has counted.</summary>
/// <param name="Entries">The interfaces in the kernel's order.</param>
/// <param name="Skipped">Lines that describe no interface, a torn last line among them.</param>
internal sealed record ProcNetDev(IReadOnlyList<ProcNetDev.Entry> Entries, int Skipped)
{
    /// <summary>The most interfaces that are taken from one file; what is more is counted as skipped.</summary>
    internal const int MaxEntries = 1 << 16;

    // The kernel has printed these sixteen columns since version 2.2; more may come behind them.
    private const int Columns = 16;

    // IFNAMSIZ without the terminating zero.
    private const int MaxName = 15;

    /// <summary>Reads the text of /proc/net/dev; never throws.</summary>
    internal static ProcNetDev Parse(ReadOnlySpan<byte> text)
    {
        var entries = new List<Entry>();
        int skipped = 0;
        var lines = new ProcLines(text);
        for (int number = 0; lines.MoveNext(); number++)
        {
            if (entries.Count < MaxEntries && TryLine(lines.Current, out Entry entry))
            {
                entries.Add(entry);
            }
            else if (number >= 2 || !lines.Current.Contains((byte)'|'))
            {
                skipped++; // the first two lines are the heads of the columns
            }
        }

        return new ProcNetDev(entries, lines.IsTorn ? skipped + 1 : skipped);
    }

    private static bool TryLine(ReadOnlySpan<byte> line, out Entry entry)
    {
        entry = default;

        // The name is printed as it is. Counters have no colon, so the last one ends the name, whatever is in it; old kernels put no space behind it.
        int end = line.LastIndexOf((byte)':');
        if (end < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> name = line[..end].TrimStart((byte)' '); // padding to six columns
        if (name.Length is 0 or > MaxName || name.Contains((byte)0))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[(end + 1)..];
        Span<ulong> columns = stackalloc ulong[Columns];
        foreach (ref ulong column in columns)
        {
            if (!ProcLines.TryDecimal(ref rest, out column))
            {
                return false;
            }
        }

        entry = new Entry(name.ToArray(), new InterfaceCounters
        {
            ReceivedBytes = columns[0],
            ReceivedPackets = columns[1],
            ReceiveErrors = columns[2],

            // Here the kernel adds the packets that the hardware had no room for (rx_missed_errors), which rtnetlink counts apart.
            ReceiveDrops = columns[3],
            ReceivedMulticast = columns[7],
            SentBytes = columns[8],
            SentPackets = columns[9],
            SendErrors = columns[10],
            SendDrops = columns[11],
            Collisions = columns[13],
        });
        return true;
    }

    /// <summary>One interface: the bytes of its name, at most 15, and its counters.</summary>
    internal readonly record struct Entry(byte[] Name, InterfaceCounters Counters);
}
