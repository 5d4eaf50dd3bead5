using System.Diagnostics;
using System.Net.Sockets;
using Sonde.Interop.Linux.DBus;

namespace Sonde.System.Tests;

/// <summary>The D-Bus client against peers that do not behave.</summary>
public sealed class DBusConnectionTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly DBusQuestion s_question = new("a.b", "/c", "d.e", "F");

    [Fact]
    public void An_answer_that_comes_between_signals_is_found()
    {
        using var peer = new DBusPeer("OK 0\r\n", static client =>
        {
            uint serial = DBusPeer.ReadCall(client);
            client.Send(DBusPeer.Signal());
            client.Send(DBusPeer.Answer(serial + 100, []));
            client.Send(DBusPeer.Answer(serial, [1, 2, 3]));
        });
        using var connection = DBusConnection.ToService(peer.Path, s_patience);

        Assert.Equal([1, 2, 3], connection.Ask(s_question).Body);
    }

    [Fact]
    public void Answers_in_another_order_reach_their_questions()
    {
        const int Count = 100;
        using var peer = new DBusPeer("OK 0\r\n", static client =>
        {
            // Two at a time, the second first.
            for (int pair = 0; pair < Count / 2; pair++)
            {
                uint first = DBusPeer.ReadCall(client);
                uint second = DBusPeer.ReadCall(client);
                client.Send(DBusPeer.Answer(second, BitConverter.GetBytes(second)));
                client.Send(DBusPeer.Answer(first, BitConverter.GetBytes(first)));
            }
        });
        using var connection = DBusConnection.ToService(peer.Path, s_patience);
        uint[] found = new uint[Count];

        connection.AskAll([.. Enumerable.Repeat(s_question, Count)], (at, answer) => found[at] = BitConverter.ToUInt32(answer.Body));

        Assert.Equal(Enumerable.Range(1, Count).Select(static serial => (uint)serial), found);
    }

    [Fact]
    public void A_peer_that_refuses_us_is_told_from_one_that_is_not_there()
    {
        using var peer = new DBusPeer("REJECTED EXTERNAL\r\n", static _ => { });

        DBusException refused = Assert.Throws<DBusException>(() => DBusConnection.ToService(peer.Path, s_patience));

        Assert.True(refused.IsAccessDenied);
        Assert.Throws<SocketException>(() => DBusConnection.ToService(peer.Path + "-none", s_patience));
    }

    [Fact]
    public void An_endless_line_ends() => AssertRefused(new string('x', 5000), static _ => { });

    [Fact]
    public void A_peer_that_hangs_up_is_noticed() => AssertRefused("OK 0\r\n", static client => DBusPeer.ReadCall(client));

    [Fact]
    public void A_length_beyond_every_bound_is_not_waited_for() => AssertRefused("OK 0\r\n", static client =>
    {
        client.Send(DBusPeer.Answer(DBusPeer.ReadCall(client), [], bodyLength: uint.MaxValue));
        client.Receive(new byte[1]);
    });

    [Fact]
    public void Bytes_that_are_no_message_are_refused() => AssertRefused("OK 0\r\n", static client =>
    {
        DBusPeer.ReadCall(client);
        client.Send(new byte[64]);
        client.Receive(new byte[1]);
    });

    [Fact]
    public void An_endless_row_of_signals_ends() => AssertRefused("OK 0\r\n", static client =>
    {
        DBusPeer.ReadCall(client);
        while (true)
        {
            client.Send(DBusPeer.Signal());
        }
    });

    [Fact]
    public void A_peer_that_is_silent_is_given_up()
    {
        using var peer = new DBusPeer("OK 0\r\n", static client =>
        {
            DBusPeer.ReadCall(client);
            client.Receive(new byte[1]); // until the other side hangs up
        });
        using var connection = DBusConnection.ToService(peer.Path, TimeSpan.FromSeconds(1));

        SocketException late = Assert.Throws<SocketException>(() => connection.Ask(s_question));

        Assert.Contains(late.SocketErrorCode, (SocketError[])[SocketError.TimedOut, SocketError.WouldBlock]);
    }

    [Fact]
    public void A_peer_that_sends_byte_by_byte_is_given_up()
    {
        using var peer = new DBusPeer("OK 0\r\n", static client =>
        {
            byte[] answer = DBusPeer.Answer(DBusPeer.ReadCall(client), new byte[64 * 1024]);
            foreach (byte one in answer)
            {
                client.Send([one]);
                client.Poll(TimeSpan.FromMilliseconds(50), SelectMode.SelectError);
            }
        });
        using var connection = DBusConnection.ToService(peer.Path, TimeSpan.FromMilliseconds(200));
        var elapsed = Stopwatch.StartNew();

        Assert.Throws<SocketException>(() => connection.Ask(s_question));

        // All of it would take nearly an hour.
        Assert.InRange(elapsed.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    private static void AssertRefused(string authenticated, Action<Socket> behave)
    {
        using var peer = new DBusPeer(authenticated, behave);

        Assert.Throws<DBusException>(() =>
        {
            using var connection = DBusConnection.ToService(peer.Path, s_patience);
            connection.Ask(s_question);
        });
    }
}
