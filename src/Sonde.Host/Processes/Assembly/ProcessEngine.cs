namespace Sonde.Host.Processes.Assembly;

/// <summary>Delivers the every-cycle tier of all processes: one way of asking the system. What it means is worked out above, the same for all.</summary>
internal abstract class ProcessEngine : IDisposable
{
    private protected ProcessEngine()
    {
    }

    internal abstract ProcessEngineKind Kind { get; }

    /// <summary>The words for the statuses that its samples carry.</summary>
    internal abstract SampleReasons Reasons { get; }

    /// <summary>What this engine cannot see at all, found when it was opened: the same list each time.</summary>
    internal abstract IReadOnlyList<Gap> Gaps { get; }

    /// <summary>Adds a sample of every process to <paramref name="table"/>, and counts those that ended meanwhile. Allocates nothing once its buffers have grown.</summary>
    /// <param name="fields">Which fields of the every-cycle tier are wanted; <see cref="ProcessFields.Core"/> always is. What lies in other tiers is none of its business.</param>
    /// <param name="table">Where they go; it says when it is full.</param>
    /// <exception cref="HostException">The table itself was refused; a process that cannot be read is counted or has statuses.</exception>
    internal abstract void Read(ProcessFields fields, SampleTable table);

    /// <summary>Fills what this engine learned of a process's identity for nothing in its last <see cref="Read"/>: a BPF program reads credentials and namespaces in the same walk.</summary>
    /// <param name="pid">A process of that reading.</param>
    /// <param name="wanted">What is wanted of it.</param>
    /// <param name="identity">Where it goes.</param>
    /// <returns>What it filled; the reader reads the rest.</returns>
    internal virtual ProcessFields Fill(int pid, ProcessFields wanted, ProcessIdentity identity) => ProcessFields.None;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
