namespace Sonde.Host.Interfaces.Linux;

/// <summary>What two looks at the interfaces are compared by, where the system tells of no change itself.</summary>
/// <param name="Links">The links in the kernel's order.</param>
/// <param name="Addresses">All addresses in the kernel's order.</param>
/// <param name="Routes">The default routes in the kernel's order.</param>
internal sealed record ProcState(IReadOnlyList<ProcState.Link> Links, IReadOnlyList<InterfaceAddress> Addresses, IReadOnlyList<ProcState.Route> Routes)
{
    /// <summary>What differs from an earlier look.</summary>
    internal InterfaceChange ChangesSince(ProcState earlier) =>
        (Links.SequenceEqual(earlier.Links) ? InterfaceChange.None : InterfaceChange.Links)
        | (Addresses.SequenceEqual(earlier.Addresses) ? InterfaceChange.None : InterfaceChange.Addresses)
        | (Routes.SequenceEqual(earlier.Routes) ? InterfaceChange.None : InterfaceChange.Routes);

    /// <summary>What identifies a link, and what of it may change.</summary>
    internal readonly record struct Link(string Key, int Index, uint Flags, Reading<long> Mtu);

    /// <summary>A default route and the name of its interface.</summary>
    internal readonly record struct Route(string InterfaceKey, DefaultGateway Gateway);
}
