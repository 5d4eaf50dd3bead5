namespace Sonde.Link;

/// <summary>Whether one way to frames can be used here, found by trying, without side effects.</summary>
/// <param name="Backend">The way: "af_packet", "af_xdp", "bpf", "npcap", "rawsocket".</param>
/// <param name="State">Whether it can be used.</param>
/// <param name="Provides">What a user gets from it, in a few words.</param>
/// <param name="Operation">The call that was tried.</param>
/// <param name="Reason">The system's words when it cannot be used; what is missing from the full thing when it can; else null.</param>
/// <param name="NativeError">The system's error number, 0 when there is none.</param>
/// <param name="MissingRights">The rights that would change the answer, by the system's names; empty when none would.</param>
public sealed record FrameAccess(
    string Backend,
    FrameAccessState State,
    string Provides,
    string Operation,
    string? Reason = null,
    int NativeError = 0,
    IReadOnlyList<string>? MissingRights = null)
{
    /// <summary>The rights that would change the answer; never null.</summary>
    public IReadOnlyList<string> MissingRights { get; init; } = MissingRights ?? [];

    /// <summary>Whether it can be used.</summary>
    public bool IsAvailable => State == FrameAccessState.Available;
}
