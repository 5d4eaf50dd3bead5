namespace Sonde.Host.Systems;

/// <summary>A product that told the security center of Windows about itself.</summary>
/// <param name="Kind">"antivirus", "firewall" or "antispyware".</param>
/// <param name="Name">Its name.</param>
/// <param name="State">"on", "off", "snoozed" or "expired", as the security center shows it.</param>
/// <param name="IsUpToDate">Whether it says that it knows the newest.</param>
/// <param name="IsFromMicrosoft">Whether it is one of Windows' own.</param>
/// <param name="Path">The program that reports for it.</param>
public sealed record SecurityProduct(string Kind, string Name, Reading<string> State, Reading<bool> IsUpToDate, Reading<bool> IsFromMicrosoft, Reading<string> Path);
