namespace Sonde.Link.Tests;

public sealed class FrameSendBatchTests
{
    [Fact]
    public void Frames_come_back_as_they_were_added()
    {
        var batch = new FrameSendBatch(maxFrames: 3, capacity: 16);

        Assert.True(batch.TryAdd([1, 2, 3]));
        Assert.True(batch.TryReserve(2, out Span<byte> room));
        room.Fill(9);

        Assert.Equal(2, batch.Count);
        Assert.Equal([1, 2, 3], batch[0].ToArray());
        Assert.Equal([9, 9], batch[1].ToArray());
    }

    [Fact]
    public void A_frame_that_does_not_fit_is_refused_and_changes_nothing()
    {
        var batch = new FrameSendBatch(maxFrames: 2, capacity: 4);

        Assert.True(batch.TryAdd([1, 2, 3]));
        Assert.False(batch.TryAdd([4, 5]));
        Assert.True(batch.TryAdd([6]));
        Assert.False(batch.TryAdd([]));

        Assert.Equal(2, batch.Count);
        Assert.Equal([6], batch[1].ToArray());
    }

    [Fact]
    public void A_frame_behind_the_last_one_cannot_be_looked_at()
    {
        var batch = new FrameSendBatch();
        batch.TryAdd([1]);
        batch.Clear();

        Assert.Throws<ArgumentOutOfRangeException>(() => batch[0].Length);
    }
}
