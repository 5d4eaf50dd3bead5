namespace Sonde.Host.Interfaces;

/// <summary>What changed while <see cref="NetworkInterfaces.WaitForChange"/> waited.</summary>
[Flags]
public enum InterfaceChange
{
    /// <summary>Nothing: the time was over.</summary>
    None = 0,

    /// <summary>An interface came, went, or changed its state or settings.</summary>
    Links = 1,

    /// <summary>An address came, went or changed.</summary>
    Addresses = 2,

    /// <summary>A route came, went or changed.</summary>
    Routes = 4,

    /// <summary>The system dropped notifications: anything may have changed, so collect again.</summary>
    Lost = 8,
}
