namespace Sonde.Cli.Commands.Snapshot;

/// <summary>What a row of the snapshot stands for.</summary>
internal enum SnapshotGroup
{
    /// <summary>A process.</summary>
    Process = 0,

    /// <summary>A remote address.</summary>
    Remote,

    /// <summary>A container.</summary>
    Container,

    /// <summary>An interface.</summary>
    Interface,

    /// <summary>A user.</summary>
    User,
}
