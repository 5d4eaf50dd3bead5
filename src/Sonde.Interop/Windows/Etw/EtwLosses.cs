namespace Sonde.Interop.Windows.Etw;

/// <summary>What a trace has lost since it began, and how full it is.</summary>
/// <param name="Events">Events that found no room in a buffer.</param>
/// <param name="Buffers">Buffers full of events that were thrown away because the consumer was too slow; how many events were in them nobody knows.</param>
/// <param name="BuffersInUse">Buffers that hold something now.</param>
/// <param name="MaximumBuffers">How many there may be.</param>
internal readonly record struct EtwLosses(long Events, long Buffers, int BuffersInUse, int MaximumBuffers);
