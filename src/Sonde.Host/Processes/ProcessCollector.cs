using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes;

/// <summary>Reads the process table: at once, or cycle by cycle with rates between.</summary>
/// <remarks>
/// Needs no right; with less of them there are fewer fields, each with its reason. One thread at a time. What costs once per process is read
/// once per process: keep the collector for repeated readings, and dispose its snapshots, and a cycle in which nothing started allocates nothing.
/// </remarks>
public abstract class ProcessCollector : IDisposable
{
    internal const string Part = "processes";
    private readonly SnapshotAssembly _assembly;

    private protected ProcessCollector(ProcessCollectorOptions options, ProcessEngine engine, ProcessReader reader) =>
        _assembly = new SnapshotAssembly(options, engine, reader);

    /// <summary>The engine in use.</summary>
    public ProcessEngineKind Engine => _assembly.Engine.Kind;

    /// <summary>Better engines that were tried and do not serve here, with the reasons. Nothing is missing for it: the one in use reads the same, at another price.</summary>
    public virtual IReadOnlyList<Gap> SkippedEngines => [];

    /// <summary>Opens the engine that the options name, or the best that works here.</summary>
    /// <exception cref="HostException">None works; the reason is that of the one asked for, or of the best.</exception>
    public static ProcessCollector Create(ProcessCollectorOptions? options = null) => ProcessLadder.Create().Open(options ?? new ProcessCollectorOptions());

    /// <summary>Tries every engine of this system and says what it found, best first.</summary>
    public static IReadOnlyList<BackendStatus> Check() => ProcessLadder.Create().Check();

    /// <summary>Reads the table now.</summary>
    /// <returns>A snapshot to dispose after use.</returns>
    /// <exception cref="HostException">The system refused the table itself; refusals of a field are reasons.</exception>
    public ProcessSnapshot Collect() => _assembly.Collect();

    /// <summary>Waits until every program file that readings asked for is hashed (<see cref="ProcessFields.Hash"/>); the next reading shows them.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <param name="cancellation">Ends the waiting, not the hashing.</param>
    /// <returns>How many files are left.</returns>
    public int WaitForHashes(TimeSpan timeout, CancellationToken cancellation = default) => _assembly.Hasher?.Wait(timeout, cancellation) ?? 0;

    /// <summary>Closes what was opened; may be called more than once. Snapshots stay as they are.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes engine and reader.</summary>
    /// <param name="disposing">Always true: backends hold safe handles, not finalizable state.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _assembly.Dispose();
        }
    }
}
