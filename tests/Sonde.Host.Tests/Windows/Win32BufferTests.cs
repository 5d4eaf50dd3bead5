using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Testing;

namespace Sonde.Host.Tests.Windows;

public sealed class Win32BufferTests
{
    private const int InsufficientBuffer = 122;
    private const int BufferOverflow = 111;
    private const int MoreData = 234;

    [Theory]
    [InlineData(InsufficientBuffer)]
    [InlineData(BufferOverflow)]
    [InlineData(MoreData)]
    public void It_grows_to_what_the_system_asks_for(int error)
    {
        var buffer = new Win32Buffer(8);

        AddressedBytes answer = buffer.Ask("Fill", (Span<byte> room, ref uint length) => Fill(room, ref length, 1000, error));

        Assert.Equal(1000, buffer.Size);
        Assert.Equal(1000, answer.Bytes.Length);
        Assert.Equal(0x5A, answer.Bytes[999]);
    }

    [Fact]
    public void An_answer_that_keeps_growing_is_caught_up_with()
    {
        uint wanted = 100;

        AddressedBytes answer = new Win32Buffer(8).Ask("Fill", (Span<byte> room, ref uint length) =>
        {
            wanted = Math.Min(wanted + 100, 500);
            return Fill(room, ref length, wanted, BufferOverflow);
        });

        Assert.Equal(500, answer.Bytes.Length);
    }

    [Fact]
    public void It_gives_up_after_a_bounded_number_of_tries()
    {
        int tries = 0;
        var buffer = new Win32Buffer(8);

        NativeException refused = Assert.Throws<NativeException>(() => buffer.Ask("Fill", (Span<byte> room, ref uint length) =>
        {
            tries++;
            length = (uint)room.Length + 1;
            return BufferOverflow;
        }));

        Assert.Equal(Win32Buffer.MaximumTries, tries);
        Assert.Equal("Fill", refused.Operation);
        Assert.Equal(BufferOverflow, refused.Error.Code);
    }

    [Fact]
    public void It_refuses_an_answer_above_the_bound_without_allocating_it()
    {
        AllocationWatch allocations = AllocationWatch.Start();

        NativeException refused = Assert.Throws<NativeException>(() =>
            new Win32Buffer(8).Ask("Fill", (Span<byte> _, ref uint length) =>
            {
                length = uint.MaxValue;
                return BufferOverflow;
            }));

        Assert.Contains("larger than", refused.Detail);
        Assert.True(allocations.Allocated < 1_000_000);
    }

    [Fact]
    public void Another_error_is_told_at_once()
    {
        int tries = 0;

        NativeException refused = Assert.Throws<NativeException>(() => new Win32Buffer(8).Ask("Fill", (Span<byte> _, ref uint _) =>
        {
            tries++;
            return 5;
        }));

        Assert.Equal(1, tries);
        Assert.Equal(5, refused.Error.Code);
    }

    [Fact]
    public void A_length_beyond_the_room_is_cut_to_the_room()
    {
        AddressedBytes answer = new Win32Buffer(8).Ask("Fill", (Span<byte> _, ref uint length) =>
        {
            length = 4000;
            return 0;
        });

        Assert.Equal(8, answer.Bytes.Length);
    }

    [Fact]
    public void Asking_again_with_enough_room_allocates_nothing()
    {
        var buffer = new Win32Buffer(64);
        Win32Attempt attempt = static (Span<byte> room, ref uint length) => Fill(room, ref length, 64, BufferOverflow);
        buffer.Ask("Fill", attempt);

        Assert.Equal(0, AllocationWatch.Least(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                buffer.Ask("Fill", attempt);
            }
        }));
    }

    [Fact]
    public void A_pointer_is_followed_only_inside_the_bytes()
    {
        var bytes = new AddressedBytes([1, 2, 3, 4], 0x1000);

        Assert.True(bytes.TryFollow(0x1003, out ReadOnlySpan<byte> last));
        Assert.Equal(4, last[0]);
        Assert.False(bytes.TryFollow(0x1004, out _));
        Assert.False(bytes.TryFollow(0x0FFF, out _));
        Assert.False(bytes.TryFollow(0, out _));
        Assert.False(bytes.TryRead(0x1001, out int _));
    }

    [Fact]
    public void A_text_without_an_end_is_cut()
    {
        byte[] endless = [.. Enumerable.Repeat((byte)0x41, 100_000)];
        var bytes = new AddressedBytes(endless, 0x1000);

        Assert.InRange(bytes.ReadWideText(0x1000).Length, 257, 10_000);
        Assert.InRange(bytes.ReadNarrowText(0x1000).Length, 257, 10_000);
        Assert.Equal(4, bytes.ReadNarrowText(0x1000 + endless.Length - 4).Length);
        Assert.True(bytes.ReadWideText(0).IsEmpty);
    }

    private static int Fill(Span<byte> room, ref uint length, uint wanted, int error)
    {
        if (length < wanted)
        {
            length = wanted;
            return error;
        }

        room[..(int)wanted].Fill(0x5A);
        length = wanted;
        return 0;
    }
}
