namespace Sonde.Link.Windows;

/// <summary>What the number of bytes that the driver took says about frames.</summary>
internal static class NpcapQueue
{
    // struct pcap_pkthdr
    private const int HeaderSize = 16;

    /// <summary>Counts the frames that were sent whole.</summary>
    /// <param name="batch">The frames.</param>
    /// <param name="start">The first that was queued.</param>
    /// <param name="queued">How many were.</param>
    /// <param name="sent">How many bytes were sent, a header before each frame among them.</param>
    internal static int CountSent(FrameSendBatch batch, int start, int queued, uint sent)
    {
        long end = 0;
        for (int i = 0; i < queued; i++)
        {
            end += HeaderSize + batch[start + i].Length;
            if (end > sent)
            {
                return i;
            }
        }

        // All, and no byte more: the all-ones of an error is no count.
        return sent == end ? queued : 0;
    }
}
