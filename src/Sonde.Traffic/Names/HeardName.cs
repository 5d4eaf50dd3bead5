namespace Sonde.Traffic.Names;

/// <summary>A name of an address.</summary>
/// <param name="Name">The name. Whoever answered chose it.</param>
/// <param name="Source">Where it comes from.</param>
internal readonly record struct HeardName(string Name, NameSource Source);
