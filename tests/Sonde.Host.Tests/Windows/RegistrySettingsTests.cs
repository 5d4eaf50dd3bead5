using Sonde.Host.Resolvers.Windows;

namespace Sonde.Host.Tests.Windows;

public sealed class RegistrySettingsTests
{
    [Fact]
    public void Lists_are_split_and_each_domain_appears_once()
    {
        RegistrySettings settings = RegistrySettings.Parse("key", [new("SearchList", " one.example,two.example;; ONE.example. "), new("Domain", "corp.example")]);

        Assert.Equal(["one.example", "two.example", "corp.example"], settings.SearchDomains);
        Assert.Equal(ReadingStatus.Ok, settings.Source.Status);
    }

    [Fact]
    public void Numbers_are_options_and_missing_or_empty_values_say_nothing()
    {
        RegistrySettings settings = RegistrySettings.Parse("key", [new("SearchList", null), new("Domain", ""), new("UseDomainNameDevolution", 1)]);

        Assert.Empty(settings.SearchDomains);
        Assert.Equal(["UseDomainNameDevolution:1"], settings.Source.Options);
        Assert.Equal(0, settings.Source.Skipped);
    }

    [Fact]
    public void A_value_of_another_type_is_counted()
    {
        RegistrySettings settings = RegistrySettings.Parse("key", [new("SearchList", new byte[] { 1 }), new("Domain", new[] { "x" })]);

        Assert.Equal(2, settings.Source.Skipped);
        Assert.NotNull(settings.Source.Reason);
    }
}
