namespace Sonde.Host;

/// <summary>One rung of a part's ladder, as it was found by trying.</summary>
/// <param name="Part">The part it serves: "interfaces", "resolvers", "privileges".</param>
/// <param name="Backend">The backend's name: "rtnetlink".</param>
/// <param name="State">Whether it can serve.</param>
/// <param name="Provides">What a user gets from it, in a few words.</param>
/// <param name="Operation">The call that was tried.</param>
/// <param name="Reason">The system's words when it cannot serve; what is missing from a full answer when it can; else null.</param>
/// <param name="NativeError">The system's error number, 0 when there is none.</param>
/// <param name="MissingRights">The rights that would change the answer, by the system's names (CAP_NET_ADMIN, Administrator); empty when none would.</param>
public sealed record BackendStatus(
    string Part,
    string Backend,
    BackendState State,
    string Provides,
    string Operation,
    string? Reason = null,
    int NativeError = 0,
    IReadOnlyList<string>? MissingRights = null)
{
    /// <summary>The rights that would change the answer; never null.</summary>
    public IReadOnlyList<string> MissingRights { get; init; } = MissingRights ?? [];

    internal static BackendStatus From(string part, string backend, string provides, HostException refused, params IReadOnlyList<string> missingRights) =>
        new(
            part,
            backend,
            refused.Failure == HostFailure.AccessDenied ? BackendState.Denied : BackendState.Unavailable,
            provides,
            refused.Operation,
            refused.Reason,
            refused.NativeError,
            missingRights);
}
