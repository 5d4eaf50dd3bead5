namespace Sonde.Tun.Tests;

public sealed class TunStateChangesTests
{
    private static readonly TunAddress s_one = TunAddress.Parse("10.0.0.1/24");
    private static readonly TunAddress s_other = TunAddress.Parse("fd00::1/64");

    [Fact]
    public void What_differs_between_two_looks_is_told_once()
    {
        var changes = new TunStateChanges("a", new TunState(false, 1500, [s_one]));

        changes.Look("b", new TunState(true, 1400, [s_other]));
        changes.Look("b", new TunState(true, 1400, [s_other]));

        Assert.Equal(
            [
                new TunChange(TunChangeKind.Renamed, Name: "b"),
                new TunChange(TunChangeKind.Mtu, Mtu: 1400),
                new TunChange(TunChangeKind.AddressRemoved, Address: s_one),
                new TunChange(TunChangeKind.AddressAdded, Address: s_other),
                new TunChange(TunChangeKind.Up),
            ],
            TakeAll(changes));
    }

    [Fact]
    public void After_the_end_nothing_follows()
    {
        var changes = new TunStateChanges("a", new TunState(true, 1500, [s_one]));

        changes.Look("a", state: null);
        changes.Look("a", state: null);
        changes.Look("a", new TunState(true, 1500, []));

        Assert.Equal([new TunChange(TunChangeKind.Removed)], TakeAll(changes));
    }

    private static List<TunChange> TakeAll(TunStateChanges changes)
    {
        var taken = new List<TunChange>();
        while (changes.TryTake(out TunChange? change))
        {
            taken.Add(change);
        }

        return taken;
    }
}
