namespace Sonde.Host.Interfaces;

/// <summary>What the administrator wants of an interface.</summary>
public enum AdministrativeState
{
    /// <summary>Switched off.</summary>
    Down = 0,

    /// <summary>Switched on.</summary>
    Up,
}
