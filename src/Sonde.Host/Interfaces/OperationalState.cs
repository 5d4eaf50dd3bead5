namespace Sonde.Host.Interfaces;

/// <summary>What an interface really does (RFC 2863, ifOperStatus).</summary>
public enum OperationalState
{
    /// <summary>The driver does not tell.</summary>
    Unknown = 0,

    /// <summary>A part of the hardware is absent.</summary>
    NotPresent,

    /// <summary>Does not pass packets.</summary>
    Down,

    /// <summary>Down because the interface below it is.</summary>
    LowerLayerDown,

    /// <summary>Being tested.</summary>
    Testing,

    /// <summary>Waits for an event from outside, such as an authentication.</summary>
    Dormant,

    /// <summary>Passes packets.</summary>
    Up,
}
