using Sonde.Host.Processes.Images;

namespace Sonde.Host.Processes.Assembly;

/// <summary>Reads the second and third tier of one process, whichever engine found it: the same reader serves every engine of a system.</summary>
internal abstract class ProcessReader : IDisposable
{
    private protected ProcessReader()
    {
    }

    /// <summary>Which run of the system this is.</summary>
    internal abstract Guid Boot { get; }

    /// <summary>What the reader cannot see at all, found when it was opened.</summary>
    internal virtual IReadOnlyList<Gap> Gaps => [];

    /// <summary>Opens program files to be hashed, on other threads than the reader's.</summary>
    internal virtual ImageOpener Images => new PathImageOpener();

    /// <summary>Called once per cycle before any process is read: the place to refresh a table that all share (services by process, names of users).</summary>
    internal virtual void BeginCycle(ProcessFields fields)
    {
    }

    /// <summary>Fills the fields of the identity tier that <paramref name="fields"/> names, each with a value or a reason; never throws for a process that is gone or refused.</summary>
    /// <returns><see langword="false"/> when another process has the id by now, so that nothing that was read may be kept.</returns>
    internal abstract bool ReadIdentity(in ProcessSample sample, ProcessFields fields, ProcessIdentity identity);

    /// <summary>Fills the fields of the third tier, as <see cref="ReadIdentity"/> those of the second.</summary>
    internal abstract bool ReadDetails(in ProcessSample sample, ProcessFields fields, ProcessDetails details);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
