namespace Sonde.Tun;

/// <summary>What one <see cref="TunDevice.Configure"/> changed, so that it can be taken back while the device goes on.</summary>
public sealed class TunAppliedConfiguration
{
    private readonly TunDevice _device;
    private readonly Stack<(string What, Action Undo)> _steps = new();

    internal TunAppliedConfiguration(TunDevice device) => _device = device;

    /// <summary>What was changed and not yet taken back, the last change first; what was there already is not in it.</summary>
    public IReadOnlyList<string> Changes => [.. _steps.Select(static step => step.What)];

    /// <summary>Takes every change back, the last one first, and goes on when one cannot be.</summary>
    /// <returns>What the system refused to take back; empty when all is as before. A second call does nothing.</returns>
    public IReadOnlyList<TunException> Restore() => _device.Restore(this);

    internal void Add(string what, Action undo) => _steps.Push((what, undo));

    internal IReadOnlyList<TunException> RestoreLocked()
    {
        var failures = new List<TunException>();
        while (_steps.TryPop(out (string What, Action Undo) step))
        {
            try
            {
                step.Undo();
            }
            catch (TunException refused)
            {
                failures.Add(refused);
            }
        }

        return failures;
    }
}
