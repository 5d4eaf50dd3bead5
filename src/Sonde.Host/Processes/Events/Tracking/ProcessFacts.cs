namespace Sonde.Host.Processes.Events.Tracking;

/// <summary>What was read of a process because an event told of it.</summary>
/// <param name="Start">The mark of its start.</param>
/// <param name="Name">Its name.</param>
/// <param name="ParentPid">The id of its parent, 0 when there is none.</param>
/// <param name="Identity">What of the identity tier was read.</param>
/// <param name="ImageStamp">A number that changes with the image, 0 when it cannot be told.</param>
/// <param name="StartedAt">When it started, on the monotonic clock, when that is known.</param>
/// <param name="Lag">How long after the event this was read.</param>
internal sealed record ProcessFacts(ulong Start, string Name, int ParentPid, ProcessIdentity Identity, ulong ImageStamp, TimeSpan? StartedAt, TimeSpan Lag);
