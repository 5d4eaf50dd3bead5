namespace Sonde.Tun;

/// <summary>One rung of the ladder, as it was found by trying: a way to TUN devices, or a refinement of one.</summary>
/// <param name="Backend">Its name: "/dev/net/tun", "super-packets", "utun", "wintun".</param>
/// <param name="State">Whether it can serve.</param>
/// <param name="Provides">What a user gets from it, in a few words.</param>
/// <param name="Operation">The call that was tried.</param>
/// <param name="Reason">The system's words when it cannot serve; what is missing from a full answer when it can; else null.</param>
/// <param name="NativeError">The system's error number, 0 when there is none.</param>
/// <param name="MissingRights">The rights that would change the answer, by the system's names (CAP_NET_ADMIN, Administrator); empty when none would.</param>
public sealed record TunAccess(
    string Backend,
    TunAccessState State,
    string Provides,
    string Operation,
    string? Reason = null,
    int NativeError = 0,
    IReadOnlyList<string>? MissingRights = null)
{
    /// <summary>The rights that would change the answer; never null.</summary>
    public IReadOnlyList<string> MissingRights { get; init; } = MissingRights ?? [];

    internal static TunAccess From(string backend, string provides, TunException refused, params IReadOnlyList<string> missingRights) =>
        new(
            backend,
            refused.Failure == TunFailure.AccessDenied ? TunAccessState.Denied : TunAccessState.Unavailable,
            provides,
            refused.Operation,
            refused.Reason,
            refused.NativeError,
            refused.Failure == TunFailure.AccessDenied ? missingRights : []);
}
