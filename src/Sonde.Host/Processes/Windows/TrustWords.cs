using System.Globalization;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>What the answers of WinVerifyTrust mean (winerror.h).</summary>
internal static class TrustWords
{
    private const int TRUST_E_PROVIDER_UNKNOWN = unchecked((int)0x800B0001);
    private const int TRUST_E_SUBJECT_FORM_UNKNOWN = unchecked((int)0x800B0003);
    private const int TRUST_E_NOSIGNATURE = unchecked((int)0x800B0100);
    private const string NoSignature = "there is no signature";

    /// <summary>The answer for a file that neither carries a signature nor stands in a catalog.</summary>
    internal static ProcessSignature Unsigned { get; } = new(
        "unsigned",
        Reading.None<string>(NoSignature),
        Reading.None<string>(NoSignature),
        Reading.None<string>(NoSignature),
        Reading.None<DateTimeOffset>(NoSignature));

    /// <summary>Whether the file itself carries no signature: then a catalog may vouch for it.</summary>
    internal static bool IsUnsigned(int result) => result is TRUST_E_NOSIGNATURE or TRUST_E_SUBJECT_FORM_UNKNOWN or TRUST_E_PROVIDER_UNKNOWN;

    /// <summary>A signature that is there, good or not; a file that cannot be read is a reason.</summary>
    internal static Reading<ProcessSignature> Signature(int result, string kind, TrustedSigner signer)
    {
        // Errors that are not about trust: of opening and reading.
        if (result != 0 && (result >>> 16) is 0 or 0x8007)
        {
            return WindowsReasons.AbsentWin32<ProcessSignature>(result & 0xFFFF);
        }

        return new ProcessSignature(
            StatusOf(result),
            kind,
            TextOf(signer.Name),
            TextOf(signer.Issuer),
            signer.Time > 0 ? new DateTimeOffset(WindowsSamples.ToDateTicks(signer.Time), TimeSpan.Zero) : Reading.None<DateTimeOffset>("no third party says when"));
    }

    private static Reading<string> TextOf(string? text) => string.IsNullOrEmpty(text) ? Reading.None<string>("the certificate does not say") : text;

    private static string StatusOf(int result) => unchecked((uint)result) switch
    {
        0 => "valid",
        0x800B0101 => "expired", // CERT_E_EXPIRED
        0x800B010C or 0x80092010 => "revoked", // CERT_E_REVOKED, CRYPT_E_REVOKED
        0x80096010 => "bad_digest", // TRUST_E_BAD_DIGEST: the file was changed
        0x800B0111 => "distrusted", // TRUST_E_EXPLICIT_DISTRUST
        0x800B0004 or 0x800B0109 or 0x800B010A or 0x800B0112 => "untrusted", // TRUST_E_SUBJECT_NOT_TRUSTED, CERT_E_UNTRUSTEDROOT, CERT_E_CHAINING, CERT_E_UNTRUSTEDCA
        0x800B0110 => "wrong_usage", // CERT_E_WRONG_USAGE
        _ => string.Create(CultureInfo.InvariantCulture, $"0x{result:x8}"),
    };
}
