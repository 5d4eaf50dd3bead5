namespace Sonde.Host.Processes;

/// <summary>The package that a process was started from, where packages confine what they start.</summary>
/// <param name="Kind">"snap", "flatpak", "appx" or "bundle".</param>
/// <param name="Name">The package: "firefox", "org.gimp.GIMP", a full package name, a bundle id.</param>
/// <param name="Application">The application in it, when the package names one.</param>
public sealed record ProcessPackage(string Kind, string Name, Reading<string> Application);
