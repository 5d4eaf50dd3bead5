namespace Sonde.Host.Sockets;

/// <summary>How it is known whose a socket is, best first after none: what a later step may overrule.</summary>
public enum OwnerEvidence
{
    /// <summary>Nobody is known to own it.</summary>
    None = 0,

    /// <summary>A process was seen with a descriptor of it.</summary>
    Descriptor,

    /// <summary>The system's own table names the process that made it.</summary>
    SystemTable,

    /// <summary>The system names the process that used it last, which need not be one that still has it.</summary>
    LastUse,
}
