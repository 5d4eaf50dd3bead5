namespace Sonde.Traffic.Names.Reverse;

/// <summary>The list beside the drivers, of the form that Unix has.</summary>
internal sealed class WindowsHostsFile() : HostsFile(Path.Combine(Environment.SystemDirectory, "drivers", "etc", "hosts"));
