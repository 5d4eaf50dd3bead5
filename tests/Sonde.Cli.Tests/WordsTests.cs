using System.Text.Json;
using Sonde.Cli.Json;
using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Tests;

public sealed class WordsTests
{
    [Fact]
    public void Every_member_of_every_enum_has_its_own_name_in_snake_case()
    {
        Check<InterfaceKind>(Words.Of);
        Check<AdministrativeState>(Words.Of);
        Check<OperationalState>(Words.Of);
        Check<AddressScope>(Words.Of);
        Check<ReadingStatus>(Words.Of);
        Check<BackendState>(Words.Of);
        Check<AddressState>(state => state == AddressState.None ? "none" : Assert.Single(Words.Of(state)));
    }

    [Fact]
    public void Flags_that_are_set_together_are_all_named() =>
        Assert.Equal(["dynamic", "deprecated"], Words.Of(AddressState.Deprecated | AddressState.Dynamic));

    private static void Check<T>(Func<T, string> word)
        where T : struct, Enum
    {
        Assert.NotEmpty(Enum.GetValues<T>());
        Assert.All(Enum.GetValues<T>(), value => Assert.Equal(JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()), word(value)));
    }
}
