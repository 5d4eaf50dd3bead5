namespace Sonde.Traffic;

/// <summary>Which end began.</summary>
public enum FlowDirection
{
    /// <summary>Nobody saw the beginning, and nothing tells.</summary>
    Unknown = 0,

    /// <summary>This host connected or sent first.</summary>
    Outgoing,

    /// <summary>The other end did.</summary>
    Incoming,
}
