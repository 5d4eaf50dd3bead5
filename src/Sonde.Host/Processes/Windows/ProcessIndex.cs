using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>Walks through the system's list of processes.</summary>
internal static class ProcessIndex
{
    /// <summary>Notes where each process lies, by id; what was in there before is forgotten.</summary>
    /// <returns>How many entries are not whole. The walk ends at the first that is none, since nothing tells where the next would be.</returns>
    internal static int Fill(AddressedBytes list, Dictionary<int, int> offsets)
    {
        offsets.Clear();
        int damaged = 0;
        int at = 0;
        while (list.Bytes.Length > 0)
        {
            if (!ProcessEntry.TryRead(list, at, out ProcessEntry entry, out int next))
            {
                damaged++;
                if (next == 0)
                {
                    break;
                }
            }
            else
            {
                damaged += entry.IsDamaged ? 1 : 0;
                offsets[entry.Pid] = at;
            }

            if (next == 0)
            {
                break;
            }

            at = next; // always further on: an entry is at least as long as its head
        }

        return damaged;
    }
}
