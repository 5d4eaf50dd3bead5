using Sonde.Host.Processes;
using Sonde.Host.Processes.Windows;
using Sonde.Interop.Windows;

namespace Sonde.Host.Tests.Processes.Windows;

public sealed class TrustWordsTests
{
    [Theory]
    [InlineData(0u, "valid")]
    [InlineData(0x800B0101u, "expired")]
    [InlineData(0x800B010Cu, "revoked")]
    [InlineData(0x80096010u, "bad_digest")]
    [InlineData(0x800B0109u, "untrusted")]
    [InlineData(0x800B0111u, "distrusted")]
    [InlineData(0x80090001u, "0x80090001")]
    public void A_signature_that_is_there_is_good_or_says_what_is_wrong(uint result, string status)
    {
        Reading<ProcessSignature> signature = TrustWords.Signature(unchecked((int)result), "embedded", new TrustedSigner("Somebody", null, 0));

        Assert.Equal((status, "embedded", "Somebody"), (signature.Value.Status, signature.Value.Kind.Value, signature.Value.Signer.Value));
        Assert.Equal(ReadingStatus.None, signature.Value.Issuer.Status);
        Assert.Equal(ReadingStatus.None, signature.Value.Timestamp.Status);
    }

    [Theory]
    [InlineData(0x80070005u, ReadingStatus.Denied)]
    [InlineData(5u, ReadingStatus.Denied)]
    [InlineData(0x80070020u, ReadingStatus.Failed)] // in use
    public void A_file_that_cannot_be_read_is_not_an_unsigned_one(uint result, ReadingStatus expected)
    {
        Assert.False(TrustWords.IsUnsigned(unchecked((int)result)));
        Assert.Equal(expected, TrustWords.Signature(unchecked((int)result), "embedded", default).Status);
    }

    [Theory]
    [InlineData(0x800B0100u)]
    [InlineData(0x800B0003u)]
    public void A_file_without_a_signature_is_looked_for_in_catalogs(uint result) => Assert.True(TrustWords.IsUnsigned(unchecked((int)result)));
}
