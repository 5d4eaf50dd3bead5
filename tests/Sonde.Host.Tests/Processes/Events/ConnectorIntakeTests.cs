using Sonde.Host.Processes.Events.Linux;

namespace Sonde.Host.Tests.Processes.Events;

public sealed class ConnectorIntakeTests
{
    private readonly ConnectorIntake _intake = new();

    [Fact]
    public void Messages_in_order_on_each_processor_miss_nothing()
    {
        foreach ((uint processor, uint sequence) in new[] { (0u, 41u), (1u, 900u), (0u, 42u), (0u, 43u), (1u, 901u) })
        {
            Assert.Equal(0, Take(processor, sequence));
        }

        Assert.Equal((5L, 0L), (_intake.Received, _intake.Lost));
    }

    [Fact]
    public void A_hole_on_one_processor_is_what_was_lost_there()
    {
        Take(0, 41);
        Take(1, 900);

        Assert.Equal(6, Take(0, 48));
        Assert.Equal(0, Take(1, 901));
        Assert.Equal((4L, 6L), (_intake.Received, _intake.Lost));
    }

    [Fact]
    public void Numbers_may_pass_their_largest_value()
    {
        Take(3, uint.MaxValue - 1);

        Assert.Equal(2, Take(3, 1));
        Assert.Equal(0, Take(3, 2));
    }

    [Fact]
    public void A_number_that_goes_back_is_a_loss_of_unknown_size()
    {
        Take(0, 500);

        Assert.Equal(-1, Take(0, 10));
        Assert.Equal(0, Take(0, 11));
    }

    [Fact]
    public void A_processor_that_cannot_be_makes_no_table_grow()
    {
        Assert.Equal(-1, Take(4_000_000_000, 1));
    }

    [Fact]
    public void Messages_of_no_use_are_counted_so_that_they_leave_no_hole()
    {
        Take(0, 1);
        _intake.Take(ConnectorBytes.Datagram(ConnectorBytes.Comm, 0, 2, 0, 5, 5), out long missing);

        Assert.Equal(0, missing);
        Assert.Equal(0, Take(0, 3));
    }

    [Fact]
    public void What_did_not_come_from_the_kernel_is_counted_as_senseless()
    {
        Assert.Empty(_intake.Take([], out _));

        Assert.Equal((0L, 1L), (_intake.Received, _intake.Malformed));
    }

    private long Take(uint processor, uint sequence)
    {
        Assert.Single(_intake.Take(ConnectorBytes.Datagram(ConnectorBytes.Fork, processor, sequence, 0, 1, 1, 2, 2), out long missing));
        return missing;
    }
}
