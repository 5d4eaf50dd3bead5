using Sonde.Interop.Windows;
using Sonde.Link.Windows;
using Sonde.Packets;
using Sonde.Packets.Files;

namespace Sonde.Link.Tests.Windows;

/// <summary>What results, error texts and byte counts of libpcap on Windows mean.</summary>
public sealed class NpcapAnswerTests
{
    [Theory]
    [InlineData("Error opening adapter: Zugriff verweigert  (5)", 5)]
    [InlineData("read error (31) ", 31)]
    [InlineData("(1450)", 1450)]
    [InlineData("The interface disappeared", 0)]
    [InlineData("", 0)]
    [InlineData("(x)", 0)]
    [InlineData("()", 0)]
    [InlineData("(-5)", 0)]
    [InlineData("(99999999999)", 0)]
    [InlineData(")", 0)]
    [InlineData("a (5) b", 0)]
    public void The_Windows_error_stands_in_parentheses_at_the_end(string text, int error) => Assert.Equal(error, PcapText.Win32ErrorIn(text));

    [Theory]
    [InlineData(-8, "", true, LinkFailure.AccessDenied)]
    [InlineData(-11, "", false, LinkFailure.AccessDenied)]
    [InlineData(-1, "x (5)", false, LinkFailure.AccessDenied)]
    [InlineData(-5, "", false, LinkFailure.NotSupported)]
    [InlineData(-5, "", true, LinkFailure.InterfaceGone)]
    [InlineData(-9, "", false, LinkFailure.InterfaceDown)]
    [InlineData(-1, "x (20)", false, LinkFailure.NotSupported)]
    [InlineData(-1, "x (433)", true, LinkFailure.InterfaceGone)]
    [InlineData(-1, "x (31)", true, LinkFailure.InterfaceGone)]
    [InlineData(-1, "x (31)", false, LinkFailure.System)]
    [InlineData(-1, "x (1617)", true, LinkFailure.InterfaceGone)]
    [InlineData(-1, "The interface disappeared", true, LinkFailure.InterfaceGone)]
    [InlineData(-1, "The interface disappeared", false, LinkFailure.System)]
    [InlineData(-1, "whatever", true, LinkFailure.System)]
    public void Refusals_are_told_apart(int result, string reason, bool opened, LinkFailure failure) =>
        Assert.Equal(failure, WindowsLinkErrors.FailureOf(result, reason, opened));

    [Theory]
    [InlineData("x (1450)", true)]
    [InlineData("x (8)", true)]
    [InlineData("x (122)", true)]
    [InlineData("x (87)", false)]
    [InlineData("no number", false)]
    public void A_shortage_passes_and_other_refusals_do_not(string reason, bool shortage) => Assert.Equal(shortage, WindowsLinkErrors.IsShortage(reason));

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(75u, 0)]
    [InlineData(76u, 1)]
    [InlineData(92u, 1)]
    [InlineData(191u, 1)]
    [InlineData(192u, 2)]
    [InlineData(223u, 2)]
    [InlineData(224u, 3)]
    [InlineData(225u, 0)] // more than there is: no count
    [InlineData(uint.MaxValue, 0)]
    public void Bytes_taken_are_whole_frames_with_a_header_each(uint sent, int frames)
    {
        var batch = new FrameSendBatch();
        batch.TryAdd(new byte[9]); // before the first that is queued
        batch.TryAdd(new byte[60]);
        batch.TryAdd(new byte[100]);
        batch.TryAdd(new byte[16]);

        Assert.Equal(frames, NpcapQueue.CountSent(batch, 1, 3, sent));
    }

    [Theory]
    [InlineData(0, LinkType.Null)]
    [InlineData(1, LinkType.Ethernet)]
    [InlineData(12, LinkType.Raw)]
    [InlineData(11, (LinkType)100)]
    [InlineData(105, (LinkType)105)]
    public void Link_types_get_the_numbers_of_files(int dlt, LinkType expected) => Assert.Equal(expected, NpcapLinkType.Of(dlt));

    [Fact]
    public void Ends_of_a_frame_follow_from_its_addresses()
    {
        MacAddress own = MacAddress.Parse("02:00:00:00:00:01");
        MacAddress other = MacAddress.Parse("02:00:00:00:00:02");

        Assert.Equal((PacketDirection.Inbound, FrameAudience.ThisHost), FrameEnds.Of(Frame(own, other), own));
        Assert.Equal((PacketDirection.Inbound, FrameAudience.Broadcast), FrameEnds.Of(Frame(MacAddress.Broadcast, other), own));
        Assert.Equal((PacketDirection.Inbound, FrameAudience.Multicast), FrameEnds.Of(Frame(MacAddress.Parse("01:00:5e:00:00:01"), other), own));
        Assert.Equal((PacketDirection.Inbound, FrameAudience.OtherHost), FrameEnds.Of(Frame(other, other), own));
        Assert.Equal((PacketDirection.Outbound, FrameAudience.Unknown), FrameEnds.Of(Frame(other, own), own));
        Assert.Equal(default, FrameEnds.Of(Frame(other, own).AsSpan(0, 11), own));

        static byte[] Frame(MacAddress destination, MacAddress source)
        {
            byte[] frame = new byte[60];
            destination.TryWriteBytes(frame);
            source.TryWriteBytes(frame.AsSpan(6));
            return frame;
        }
    }
}
