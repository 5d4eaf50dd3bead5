namespace Sonde.Host.Systems;

/// <summary>An update of Windows.</summary>
/// <param name="Id">Its number: "KB5044284".</param>
/// <param name="Description">What it is: "Security Update".</param>
/// <param name="Installed">When, as Windows writes it.</param>
/// <param name="InstalledBy">By whom.</param>
public sealed record HostUpdate(string Id, Reading<string> Description, Reading<string> Installed, Reading<string> InstalledBy);
