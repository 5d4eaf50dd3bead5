namespace Sonde.Host.Services.MacOS;

/// <summary>Where property lists of launchd lie (launchd.plist(5)); a test points these elsewhere.</summary>
/// <param name="Daemons">Folders with jobs of the host.</param>
/// <param name="Agents">Folders with jobs of whoever is logged on.</param>
/// <param name="Overrides">The folder in which launchd keeps what was enabled and disabled.</param>
internal sealed record LaunchPaths(IReadOnlyList<string> Daemons, IReadOnlyList<string> Agents, string Overrides)
{
    internal static LaunchPaths Default { get; } = new(
        ["/Library/LaunchDaemons", "/System/Library/LaunchDaemons"],
        [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "Library", "LaunchAgents"), "/Library/LaunchAgents", "/System/Library/LaunchAgents"],
        "/var/db/com.apple.xpc.launchd");
}
