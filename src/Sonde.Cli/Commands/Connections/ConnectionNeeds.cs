namespace Sonde.Cli.Commands.Connections;

/// <summary>What must be read for a field.</summary>
[Flags]
internal enum ConnectionNeeds
{
    /// <summary>The table alone.</summary>
    None = 0,

    /// <summary>TCP's own figures.</summary>
    Statistics = 1,

    /// <summary>The processes that own the sockets.</summary>
    Owners = 2,

    /// <summary>More of those processes than their names.</summary>
    Processes = 4 | Owners,

    /// <summary>Two readings.</summary>
    Rates = 8 | Statistics,

    /// <summary>Names of the other ends.</summary>
    Names = 16,
}
