using Sonde.Host.Processes.Events.Linux;

namespace Sonde.Host.Tests.Processes.Events;

public sealed class ConnectorEventTests
{
    [Fact]
    public void A_fork_names_the_child_and_its_parent()
    {
        Assert.True(ConnectorEvent.TryParse(ConnectorBytes.Payload(ConnectorBytes.Fork, 10, 11, 20, 20), out ConnectorEvent fork));

        Assert.Equal((ConnectorEventKind.Fork, 20, 11, true), (fork.Kind, fork.Pid, fork.Parent, fork.IsProcess));
        Assert.Equal((1u, 7u, 123_456_789L, true), (fork.Processor, fork.Sequence, fork.Timestamp, fork.IsNumbered));
    }

    [Fact]
    public void A_new_thread_is_no_process()
    {
        Assert.True(ConnectorEvent.TryParse(ConnectorBytes.Payload(ConnectorBytes.Fork, 10, 10, 21, 10), out ConnectorEvent thread));

        Assert.False(thread.IsProcess);
    }

    [Fact]
    public void An_exit_has_its_status_and_its_parent()
    {
        Assert.True(ConnectorEvent.TryParse(ConnectorBytes.Payload(ConnectorBytes.Exit, 20, 20, 0x300, 17, 10, 11), out ConnectorEvent exit));

        Assert.Equal((ConnectorEventKind.Exit, 20, 0x300u, 11), (exit.Kind, exit.Pid, exit.Status, exit.Parent));
    }

    [Fact]
    public void An_exit_of_an_old_kernel_comes_without_a_parent()
    {
        byte[] payload = ConnectorBytes.Payload(ConnectorBytes.Exit, 20, 20, 9, 17, 10, 11);
        payload[16] = 32; // cn_msg.len: eight bytes less, and the bytes that follow are none of the message's

        Assert.True(ConnectorEvent.TryParse(payload, out ConnectorEvent exit));
        Assert.Equal((9u, 0), (exit.Status, exit.Parent));
    }

    [Fact]
    public void An_answer_without_a_processor_is_not_numbered()
    {
        byte[] datagram = ConnectorBytes.Datagram(0, uint.MaxValue, 77, 5, 1);
        BitConverter.TryWriteBytes(datagram.AsSpan(28), 43);

        Assert.True(ConnectorEvent.TryParse(datagram.AsSpan(16), out ConnectorEvent answer));
        Assert.Equal((ConnectorEventKind.Answer, 43u, 1u, false), (answer.Kind, answer.Ack, answer.Status, answer.IsNumbered));
    }

    [Fact]
    public void What_is_renamed_or_new_in_the_kernel_is_numbered_and_of_no_use()
    {
        foreach (uint what in new uint[] { ConnectorBytes.Comm, 0x80, 0x100, 0x40000000, 0x400, 0x20000000 })
        {
            Assert.True(ConnectorEvent.TryParse(ConnectorBytes.Payload(what, 20, 20), out ConnectorEvent other));
            Assert.Equal((ConnectorEventKind.Other, true), (other.Kind, other.IsNumbered));
        }
    }

    [Theory]
    [InlineData(2u, 1u)]
    [InlineData(1u, 2u)]
    public void A_message_of_another_connector_is_refused(uint index, uint value)
    {
        byte[] payload = ConnectorBytes.Payload(ConnectorBytes.Fork, 1, 1, 2, 2);
        BitConverter.TryWriteBytes(payload, index);
        BitConverter.TryWriteBytes(payload.AsSpan(4), value);

        Assert.False(ConnectorEvent.TryParse(payload, out _));
    }

    [Fact]
    public void A_process_of_no_id_is_refused()
    {
        Assert.False(ConnectorEvent.TryParse(ConnectorBytes.Payload(ConnectorBytes.Fork, 1, 1, 0, 0), out _));
        Assert.False(ConnectorEvent.TryParse(ConnectorBytes.Payload(ConnectorBytes.Exit, -5, -5, 0, 0), out _));
    }

    [Fact]
    public void A_message_that_is_cut_is_refused_at_every_length()
    {
        foreach ((uint what, int needed) in new[] { (ConnectorBytes.Fork, 52), (ConnectorBytes.Exec, 44), (ConnectorBytes.Uid, 44), (ConnectorBytes.Exit, 52) })
        {
            byte[] payload = ConnectorBytes.Payload(what, 20, 20, 20, 20, 20, 20);
            for (int length = 0; length <= payload.Length; length++)
            {
                Assert.Equal(length >= needed, ConnectorEvent.TryParse(payload.AsSpan(0, length), out _));
            }
        }
    }

    [Fact]
    public void Bytes_of_any_kind_are_taken_apart_without_an_exception()
    {
        var random = new Random(20261121);
        var intake = new ConnectorIntake();
        byte[] good = ConnectorBytes.Datagram(ConnectorBytes.Fork, 0, 1, 99, 1, 1, 2, 2);
        long taken = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. good];
            for (int change = random.Next(6); change >= 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            taken += intake.Take(bytes.AsSpan(0, random.Next(bytes.Length + 1)), out long missing).Count;
            Assert.True(missing >= -1);
        }

        Assert.True(taken > 0);
        Assert.True(intake.Malformed > 0);
    }
}
