using Sonde.Host.Systems;
using Sonde.Host.Systems.Windows;

namespace Sonde.Host.Tests.Systems;

/// <summary>What WMI answers about protection; the numbers are those that Windows 10 and 11 show for Defender, other products, and products that are switched off.</summary>
public sealed class WmiFactsTests
{
    private const int InvalidNamespace = unchecked((int)0x8004100E);

    [Fact]
    public void Products_tell_their_state_their_age_and_whose_they_are()
    {
        IReadOnlyList<SecurityProduct> products = WmiFacts.SecurityProducts(Answer(new()
        {
            ["AntiVirusProduct"] = [["Windows Defender", 0x061100L, "windowsdefender://"], ["Other AV", 0x041010L, @"C:\av.exe"], ["Old AV", 0x040000L, ""]],
            ["FirewallProduct"] = [["Other FW", 0x042000L, null]],
        })).Value;

        Assert.Equal(["antivirus", "antivirus", "antivirus", "firewall"], products.Select(product => product.Kind));
        Assert.Equal(["on", "on", "off", "snoozed"], products.Select(product => product.State.Value));
        Assert.Equal([true, false, true], products.Take(3).Select(product => product.IsUpToDate.Value));
        Assert.Equal([true, false, false, false], products.Select(product => product.IsFromMicrosoft.Value));
        Assert.Equal(ReadingStatus.Unsupported, products[3].IsUpToDate.Status);
        Assert.Equal((@"C:\av.exe", ReadingStatus.None, ReadingStatus.None), (products[1].Path.Value, products[2].Path.Status, products[3].Path.Status));
    }

    [Fact]
    public void A_state_that_nobody_knows_is_a_failure_and_a_row_without_one_says_so()
    {
        IReadOnlyList<SecurityProduct> products = WmiFacts.SecurityProducts(Answer(new() { ["AntiVirusProduct"] = [["A", 0x04F000L, null], ["B", null, null]] })).Value;

        Assert.Equal((ReadingStatus.Failed, ReadingStatus.None), (products[0].State.Status, products[1].State.Status));
    }

    [Theory]
    [InlineData(InvalidNamespace, ReadingStatus.Unsupported)]
    [InlineData(unchecked((int)0x80041003), ReadingStatus.Denied)]
    [InlineData(unchecked((int)0x800705B4), ReadingStatus.Failed)]
    [InlineData(unchecked((int)0x80040154), ReadingStatus.Unsupported)]
    [InlineData(0, ReadingStatus.None)]
    public void No_products_have_a_reason(int result, ReadingStatus status)
    {
        Reading<IReadOnlyList<SecurityProduct>> products = WmiFacts.SecurityProducts((_, _, properties) => new WmiAnswer(result, properties, []));

        Assert.Equal(status, products.Status);
        Assert.NotNull(products.Reason);
    }

    [Fact]
    public void A_kind_that_this_Windows_lacks_hides_no_other()
    {
        WmiQuestion ask = (path, name, properties) => name == "AntiSpywareProduct"
            ? new WmiAnswer(unchecked((int)0x80041010), properties, [])
            : Answer(new() { ["AntiVirusProduct"] = [["A", 0x041000L, null]] })(path, name, properties);

        Assert.Equal("A", Assert.Single(WmiFacts.SecurityProducts(ask).Value).Name);
    }

    [Fact]
    public void Defender_tells_each_fact_or_why_not()
    {
        DefenderState defender = WmiFacts.Defender(Answer(new() { ["MSFT_MpComputerStatus"] = [[true, false, null, "4.18", "1.401.2", "20261120230100.000000+000"]] })).Value;

        Assert.Equal((true, false, ReadingStatus.None), (defender.IsEnabled.Value, defender.IsRealTime.Value, defender.IsTamperProtected.Status));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 23, 1, 0, TimeSpan.Zero), defender.DefinitionsUpdated.Value);
    }

    [Theory]
    [InlineData("20241121130313.123456+060", "2024-11-21T12:03:13.1234560Z")]
    [InlineData("20241121130313.000000-480", "2024-11-21T21:03:13.0000000Z")]
    public void Moments_carry_their_minutes_from_Greenwich(string text, string expected) =>
        Assert.Equal(expected, CimTime.Parse(text).Value.UtcDateTime.ToString("O"));

    [Theory]
    [InlineData("")]
    [InlineData("20241121130313.123456")]
    [InlineData("20241121130313.******+***")]
    [InlineData("20241399130313.123456+060")]
    [InlineData("20241121130313.123456+999")]
    [InlineData("00010101000000.000000+840")]
    public void What_is_no_moment_is_a_failure(string text) => Assert.Equal(ReadingStatus.Failed, CimTime.Parse(text).Status);

    private static WmiQuestion Answer(Dictionary<string, object?[][]> classes) =>
        (_, name, properties) => new WmiAnswer(0, properties, classes.TryGetValue(name, out object?[][]? rows) ? rows : []);
}
