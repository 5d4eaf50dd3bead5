namespace Sonde.Traffic.Attribution;

/// <summary>What a source says about the user of a socket.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="Start">When it started, in the unit of ProcessKey; 0 when that is not known.</param>
/// <param name="Name">Its name at that moment; null when that is not known.</param>
/// <param name="UserId">Its user; null when that is not known.</param>
/// <param name="Confidence">How sure it is.</param>
internal readonly record struct OwnerClue(int Pid, ulong Start, string? Name, uint? UserId, OwnerConfidence Confidence);
