namespace Sonde.Traffic.Names;

/// <summary>How <see cref="RemoteNames"/> are found.</summary>
public sealed record RemoteNamesOptions
{
    /// <summary>Whether names are noted that pass by: nothing is asked.</summary>
    public bool Hear { get; init; } = true;

    /// <summary>How names are asked for that nobody told; null to ask nothing.</summary>
    public ReverseDnsOptions? ReverseDns { get; init; }

    /// <summary>The clock that says how long a name holds.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
