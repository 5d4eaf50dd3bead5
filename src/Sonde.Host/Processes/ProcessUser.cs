namespace Sonde.Host.Processes;

/// <summary>Whose process it is.</summary>
/// <param name="Id">The user id in decimal, or the SID: the effective one.</param>
/// <param name="Name">The name that the system's own user database gives to it.</param>
public sealed record ProcessUser(string Id, Reading<string> Name);
