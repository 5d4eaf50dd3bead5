namespace Sonde.Host.Processes;

/// <summary>A resource limit.</summary>
/// <param name="Name">What is limited, by the system's own name: "Max open files".</param>
/// <param name="Soft">The limit that counts; null when there is none.</param>
/// <param name="Hard">How far the process may raise it; null when there is no limit.</param>
/// <param name="Unit">"files", "bytes", "processes"; empty when the system names none.</param>
public sealed record ProcessLimit(string Name, ulong? Soft, ulong? Hard, string Unit);
