using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources;

/// <summary>Counts traffic by flow: one rung of the ladder. Everything above it is the same for all of them.</summary>
/// <remarks>
/// A source counts in the background (the kernel does, or a thread of its own) and tells what is new when it is asked. It neither keeps flows nor
/// knows processes: both are the ledger's. What it can say about owners it offers as <see cref="Owners"/>.
/// </remarks>
internal abstract class TrafficSource : IDisposable
{
    // To look into the processes of others: their descriptors, programs and containers.
    private static readonly string[] s_rightsToLook = ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"];

    /// <summary>Which rung this is.</summary>
    internal abstract TrafficBackend Backend { get; }

    /// <summary>What this source itself knows about who uses a socket; null when it knows nothing.</summary>
    internal virtual OwnerSource? Owners => null;

    /// <summary>The cookie of this process's network namespace, as the source's flows carry it; 0 where it does not know namespaces.</summary>
    internal virtual ulong OwnNamespace => 0;

    /// <summary>Whether each drain reads the table of sockets anyway.</summary>
    internal virtual bool ReadsSockets => false;

    /// <summary>Rights that it needs as long as it runs, by the system's names; the others may be given up once it is open.</summary>
    internal virtual IReadOnlyList<string> RightsInUse => s_rightsToLook;

    /// <summary>How full the table was that the last <see cref="Drain"/> emptied, from 0 to 1: a full one is to be read more often.</summary>
    internal virtual double Fullness => 0;

    /// <summary>Tells everything that was counted since the last call, each byte once.</summary>
    internal abstract void Drain(ITrafficSink sink);

    /// <summary>Has the next <see cref="Drain"/> tell everything that there is, for it may be the last.</summary>
    internal virtual void Hurry()
    {
    }

    /// <summary>Adds what was lost since the start, and how full the source's tables are.</summary>
    internal abstract void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops counting and closes what was opened.</summary>
    protected abstract void Dispose(bool disposing);
}
