namespace Sonde.Host.Systems;

/// <summary>What Microsoft Defender says of itself (MSFT_MpComputerStatus).</summary>
/// <param name="IsEnabled">Whether it looks for viruses.</param>
/// <param name="IsRealTime">Whether it looks at files as they are used.</param>
/// <param name="IsTamperProtected">Whether its settings are protected from administrators.</param>
/// <param name="ProductVersion">Its version.</param>
/// <param name="Definitions">The version of what it knows of viruses.</param>
/// <param name="DefinitionsUpdated">When that was last updated.</param>
public sealed record DefenderState(
    Reading<bool> IsEnabled, Reading<bool> IsRealTime, Reading<bool> IsTamperProtected, Reading<string> ProductVersion, Reading<string> Definitions, Reading<DateTimeOffset> DefinitionsUpdated);
