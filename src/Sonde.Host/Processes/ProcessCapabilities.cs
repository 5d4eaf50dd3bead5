namespace Sonde.Host.Processes;

/// <summary>The five capability sets of a Linux process, a bit each; <see cref="NamesOf"/> spells them out.</summary>
/// <param name="Inheritable">What a program it executes may get.</param>
/// <param name="Permitted">What it may switch on.</param>
/// <param name="Effective">What counts now.</param>
/// <param name="Bounding">What it and its children can ever get.</param>
/// <param name="Ambient">What a program it executes keeps; 0 also on kernels before 4.3, which have none.</param>
public sealed record ProcessCapabilities(ulong Inheritable, ulong Permitted, ulong Effective, ulong Bounding, ulong Ambient)
{
    /// <summary>The names of a set, lowest bit first: "CAP_NET_ADMIN", and "CAP_41" for one that is newer than this list.</summary>
    public static IReadOnlyList<string> NamesOf(ulong set) => Privileges.Linux.CapabilityNames.Of(set);
}
