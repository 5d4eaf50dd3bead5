namespace Sonde.Host.Resolvers;

/// <summary>A place that resolver configuration is read from, and what came of reading it.</summary>
/// <param name="Name">Its name: "/etc/resolv.conf", "systemd-resolved", "iphlpapi".</param>
/// <param name="Status">Ok when it was read; none when it does not exist here; denied or failed with a reason.</param>
/// <param name="Reason">The system's words when it was not read, or what was skipped in it.</param>
/// <param name="Options">Resolver options it sets, as written ("ndots:2", "rotate").</param>
/// <param name="Skipped">Lines or entries that could not be understood.</param>
public sealed record ResolverSource(string Name, ReadingStatus Status, string? Reason, IReadOnlyList<string> Options, int Skipped);
