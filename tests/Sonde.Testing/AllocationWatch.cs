namespace Sonde.Testing;

/// <summary>What a thread allocates from here on, to say that a path allocates nothing.</summary>
/// <remarks>
/// A thread allocates from a window of its own, and a collection, whichever thread causes it, throws the rest of the window away and counts it as
/// allocated. So one window for each collection meanwhile is not held against the path: a path that allocates for each of its items still shows.
/// </remarks>
public readonly struct AllocationWatch
{
    private const long Window = 8192;
    private readonly int _collections;
    private readonly long _allocated;

    private AllocationWatch(int collections, long allocated)
    {
        _collections = collections;
        _allocated = allocated;
    }

    /// <summary>Bytes that this thread has allocated since the start, less what collections may have added.</summary>
    public long Allocated
    {
        get
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread() - _allocated;
            return Math.Max(0, allocated - ((GC.CollectionCount(0) - _collections) * Window));
        }
    }

    /// <summary>Begins to watch the present thread.</summary>
    public static AllocationWatch Start()
    {
        int collections = GC.CollectionCount(0);
        return new AllocationWatch(collections, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>The least that one of a few runs of the same work allocates: what happens only once is not the work's.</summary>
    public static long Least(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 6 && least != 0; attempt++)
        {
            AllocationWatch watch = Start();
            work();
            least = Math.Min(least, watch.Allocated);
        }

        return least;
    }
}
