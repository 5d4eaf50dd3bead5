namespace Sonde.Host.Processes.Windows;

/// <summary>Reads memory of the process that is looked at.</summary>
/// <param name="address">Where, in that process.</param>
/// <param name="target">What to fill whole.</param>
/// <returns>A status of ntdll.</returns>
internal delegate int MemoryRead(ulong address, Span<byte> target);
