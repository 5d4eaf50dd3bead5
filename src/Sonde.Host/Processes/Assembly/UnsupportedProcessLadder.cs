namespace Sonde.Host.Processes.Assembly;

/// <summary>A system without an engine for processes: nothing to try, and opening says so.</summary>
internal sealed class UnsupportedProcessLadder : ProcessLadder
{
    private protected override IReadOnlyList<ProcessRung> Rungs => [];
}
