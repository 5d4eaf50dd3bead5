namespace Sonde.Host.Processes;

/// <summary>The signature of a Windows program's file.</summary>
/// <param name="Status">"valid", "unsigned", "expired", "revoked", "untrusted", "bad_digest" …; a file that cannot be read is a reason, not a status.</param>
/// <param name="Kind">"embedded" or "catalog".</param>
/// <param name="Signer">Who signed.</param>
/// <param name="Issuer">Who vouches for the signer.</param>
/// <param name="Timestamp">When it was signed, as a third party says.</param>
public sealed record ProcessSignature(string Status, Reading<string> Kind, Reading<string> Signer, Reading<string> Issuer, Reading<DateTimeOffset> Timestamp);
