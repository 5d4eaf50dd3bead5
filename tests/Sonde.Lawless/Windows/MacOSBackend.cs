namespace Sonde.Lawless.Windows;

/// <summary>Planted: a backend in the folder of another system.</summary>
internal sealed class MacOSBackend : Backend;
