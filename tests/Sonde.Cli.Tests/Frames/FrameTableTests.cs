using Sonde.Cli.Frames;
using Sonde.Testing;

namespace Sonde.Cli.Tests.Frames;

public sealed class FrameTableTests
{
    [Fact]
    public void A_full_table_forgets_the_entry_seen_least_recently_and_counts_it()
    {
        var table = new FrameTable<string, int>(2);
        table.Touch("a") = 1;
        table.Touch("b") = 2;
        table.Touch("a")++;

        table.Touch("c") = 3;

        Assert.Equal([KeyValuePair.Create("a", 2), KeyValuePair.Create("c", 3)], table.Entries());
        Assert.Equal((2, 2, 1L), (table.Count, table.Capacity, table.Evictions));
    }

    [Fact]
    public void An_entry_that_comes_back_begins_anew()
    {
        var table = new FrameTable<int, int>(1);
        table.Touch(1) = 7;
        table.Touch(2) = 8;

        Assert.Equal(0, table.Touch(1));
    }

    [Fact]
    public void It_agrees_with_a_slow_twin_over_many_touches()
    {
        var random = new Random(5);
        var table = new FrameTable<int, int>(50);
        var twin = new List<(int Key, int Count)>(); // the least recently seen first
        long forgotten = 0;
        for (int i = 0; i < 20_000; i++)
        {
            int key = (int)(random.NextDouble() * random.NextDouble() * 200);
            table.Touch(key)++;
            int at = twin.FindIndex(entry => entry.Key == key);
            int count = at < 0 ? 0 : twin[at].Count;
            if (at >= 0)
            {
                twin.RemoveAt(at);
            }
            else if (twin.Count == 50)
            {
                twin.RemoveAt(0);
                forgotten++;
            }

            twin.Add((key, count + 1));
        }

        Assert.Equal(twin.Select(entry => KeyValuePair.Create(entry.Key, entry.Count)), table.Entries());
        Assert.Equal(forgotten, table.Evictions);
    }

    [Fact]
    public void A_full_table_allocates_nothing()
    {
        var table = new FrameTable<int, long>(1000);
        Churn(table, 0, 5000);

        int churned = 5000;
        Assert.Equal(0, AllocationWatch.Least(() => Churn(table, (churned += 10_000) - 10_000, 10_000)));
        Assert.Equal(churned - 1000, table.Evictions);
    }

    private static void Churn(FrameTable<int, long> table, int first, int count)
    {
        for (int key = first; key < first + count; key++)
        {
            table.Touch(key)++;
        }
    }
}
