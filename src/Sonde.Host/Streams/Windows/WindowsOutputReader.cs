namespace Sonde.Host.Streams.Windows;

/// <summary>The end of a pipe that may only write has nothing to wait for: the next write tells.</summary>
internal sealed class WindowsOutputReader : OutputReader
{
    public override bool CanTell => false;

    public override bool AwaitGone(TimeSpan patience) => false;
}
