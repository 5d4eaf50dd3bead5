namespace Sonde.Interop.Windows.Etw;

/// <summary>Takes what a trace tells, on the trace's own thread. While it works the trace waits, and what finds its buffers full is lost.</summary>
internal interface IEtwConsumer
{
    /// <summary>An event came. What it throws ends the trace.</summary>
    public void Take(in EtwRecord record);

    /// <summary>No more will come.</summary>
    /// <param name="failure">Why, when nobody here asked for it.</param>
    public void End(Exception? failure);
}
