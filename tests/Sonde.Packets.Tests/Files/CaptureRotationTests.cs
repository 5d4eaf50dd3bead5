using Sonde.Packets.Files;

namespace Sonde.Packets.Tests.Files;

public sealed class CaptureRotationTests
{
    [Fact]
    public void A_file_is_left_before_it_would_grow_beyond_its_size_but_never_empty()
    {
        var rotation = new CaptureRotation(new CaptureRotationOptions { MaximumBytes = 100 });
        Assert.False(rotation.IsDue(40, 1, 60, 0));
        Assert.True(rotation.IsDue(41, 1, 60, 0));
        Assert.False(rotation.IsDue(24, 0, 1000, 0));
    }

    [Fact]
    public void A_file_is_left_when_its_time_is_over()
    {
        var rotation = new CaptureRotation(new CaptureRotationOptions { MaximumTime = TimeSpan.FromSeconds(1) });
        Assert.False(rotation.IsDue(0, 0, 0, 5_000_000_000));
        Assert.False(rotation.IsDue(0, 0, 0, 5_999_999_999));
        Assert.True(rotation.IsDue(0, 0, 0, 6_000_000_000));
        rotation.Advance(6_000_000_000);
        Assert.False(rotation.IsDue(0, 0, 0, 6_999_999_999));
    }

    [Fact]
    public void A_file_is_left_when_it_has_its_packets()
    {
        var rotation = new CaptureRotation(new CaptureRotationOptions { MaximumPackets = 2 });
        Assert.False(rotation.IsDue(0, 1, 0, 0));
        Assert.True(rotation.IsDue(0, 2, 0, 0));
    }

    [Fact]
    public void The_oldest_file_can_go_when_there_is_one_too_many()
    {
        var rotation = new CaptureRotation(new CaptureRotationOptions { MaximumFiles = 2 });
        Assert.Null(rotation.ExpiredFile);
        rotation.Advance(0);
        Assert.Null(rotation.ExpiredFile);
        rotation.Advance(0);
        Assert.Equal((2L, 0L), (rotation.FileNumber, rotation.ExpiredFile));
        rotation.Advance(0);
        Assert.Equal(1, rotation.ExpiredFile);
    }

    [Fact]
    public void Limits_below_one_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CaptureRotation(new CaptureRotationOptions { MaximumBytes = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CaptureRotation(new CaptureRotationOptions { MaximumFiles = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CaptureRotation(new CaptureRotationOptions { MaximumTime = TimeSpan.Zero }));
    }
}
