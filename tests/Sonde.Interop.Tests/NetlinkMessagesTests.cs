using Sonde.Interop.Linux;

namespace Sonde.Interop.Tests;

public sealed class NetlinkMessagesTests
{
    // NLMSG_ERROR, flags CAPPED|ACK_TLVS, errno 22, the request's header, then NLMSGERR_ATTR_MSG "Invalid".
    private static readonly byte[] s_refusal = Convert.FromHexString(
        "30000000" + "0200" + "0003" + "07000000" + "00000000" + "EAFFFFFF" + "14000000" + "1200" + "0500" + "07000000" + "00000000"
        + "0C00" + "0100" + "496E76616C696400");

    [Fact]
    public void The_kernels_own_explanation_is_kept_with_the_errno()
    {
        var messages = new NetlinkMessages(s_refusal);
        Assert.True(messages.MoveNext());

        NetlinkAnswer answer = NetlinkAnswer.Parse(messages.Header, messages.Payload);

        Assert.Equal(new NetlinkAnswer(22, "Invalid"), answer);
    }

    [Fact]
    public void No_prefix_of_an_answer_throws()
    {
        for (int length = 16; length <= s_refusal.Length; length++)
        {
            NetlinkAnswer answer = NetlinkAnswer.Parse(new nlmsghdr { nlmsg_type = 2, nlmsg_flags = 0x300 }, s_refusal.AsSpan(16, length - 16));

            Assert.True(answer.Errno is 0 or 22);
        }
    }

    [Fact]
    public void A_message_that_claims_more_than_came_is_not_read()
    {
        byte[] lying = [.. s_refusal];
        lying[0] = 0xFF;

        Assert.False(new NetlinkMessages(lying).MoveNext());
    }

    [Fact]
    public void Mutated_datagrams_end_the_walk_in_bounded_steps()
    {
        var random = new Random(20261121);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. s_refusal, .. s_refusal];
            for (int change = 0; change < 3; change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            int steps = 0;
            var messages = new NetlinkMessages(bytes);
            while (messages.MoveNext())
            {
                NetlinkAnswer.Parse(messages.Header, messages.Payload);
                steps++;
            }

            Assert.InRange(steps, 0, bytes.Length / 16);
        }
    }

    [Fact]
    public void A_request_carries_its_length_flags_and_padded_attributes()
    {
        ReadOnlySpan<byte> bytes = new NetlinkRequest(18).Add(default(ifinfomsg)).Attribute(3, "eth0").Finish(7, 4);

        Assert.Equal(
            "2C000000" + "1200" + "0500" + "07000000" + "00000000" + new string('0', 32) + "09000300" + "6574683000" + "000000",
            Convert.ToHexString(bytes));
    }
}
