namespace Sonde.Host.Processes;

/// <summary>A privilege in a token.</summary>
/// <param name="Name">"SeDebugPrivilege".</param>
/// <param name="IsEnabled">Whether it counts now.</param>
/// <param name="IsEnabledByDefault">Whether it counted from the start.</param>
/// <param name="IsRemoved">Whether it was given up for good.</param>
public sealed record WindowsPrivilege(string Name, bool IsEnabled, bool IsEnabledByDefault, bool IsRemoved);
