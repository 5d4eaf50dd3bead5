using Sonde.Packets.Applications;

namespace Sonde.Packets.Tests.Applications;

public sealed class DnsRecordTypeNamesTests
{
    [Theory]
    [InlineData(DnsRecordType.Aaaa, "AAAA")]
    [InlineData((DnsRecordType)51, "NSEC3PARAM")]
    [InlineData((DnsRecordType)252, "AXFR")]
    [InlineData(DnsRecordType.None, "TYPE0")]
    [InlineData((DnsRecordType)65280, "TYPE65280")]
    public void A_type_has_its_name_or_its_number(DnsRecordType type, string name)
    {
        Span<char> text = stackalloc char[DnsRecordTypeNames.MaxLength];

        Assert.True(DnsRecordTypeNames.TryFormat(type, text, out int length));
        Assert.Equal(name, text[..length].ToString());
        Assert.Equal(name, DnsRecordTypeNames.Of(type));
        Assert.False(DnsRecordTypeNames.TryFormat(type, text[..(name.Length - 1)], out _));
    }

    [Fact]
    public void Every_type_that_has_a_member_has_a_name_of_its_own_that_fits()
    {
        List<string?> names = [.. Enum.GetValues<DnsRecordType>().Where(static type => type != DnsRecordType.None).Select(DnsRecordTypeNames.Find)];

        Assert.DoesNotContain(null, names);
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, static name => Assert.InRange(name!.Length, 1, DnsRecordTypeNames.MaxLength));
    }
}
