namespace Sonde.Interop.Windows.Etw;

/// <summary>How a trace holds what was not taken yet.</summary>
/// <param name="BufferKilobytes">The size of a buffer. Small ones are handed over sooner.</param>
/// <param name="MinimumBuffers">How many there are from the start.</param>
/// <param name="MaximumBuffers">How many there may be, in memory that cannot be paged out.</param>
/// <param name="FlushMilliseconds">After how long a buffer that is not full is handed over.</param>
internal readonly record struct EtwSettings(int BufferKilobytes, int MinimumBuffers, int MaximumBuffers, int FlushMilliseconds);
