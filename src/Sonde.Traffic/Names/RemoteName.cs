namespace Sonde.Traffic.Names;

/// <summary>A name of a remote end.</summary>
/// <param name="Name">The name. Whoever answered, or asked, chose it; what a terminal might obey is escaped.</param>
/// <param name="Source">Where it comes from.</param>
public readonly record struct RemoteName(string Name, NameSource Source);
