namespace Sonde.Interop.Windows;

/// <summary>Who signed, as the certificates say.</summary>
/// <param name="Name">The signer; empty or null when there is none.</param>
/// <param name="Issuer">Who vouches for the signer.</param>
/// <param name="Time">When a third party saw the signature, as a FILETIME; 0 when none did.</param>
internal readonly record struct TrustedSigner(string? Name, string? Issuer, long Time);
