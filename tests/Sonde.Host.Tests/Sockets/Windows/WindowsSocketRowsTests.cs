using System.Runtime.InteropServices;
using Sonde.Host.Sockets;
using Sonde.Host.Sockets.Assembly;
using Sonde.Host.Sockets.Windows;
using Sonde.Interop.Windows;
using Sonde.Testing;

namespace Sonde.Host.Tests.Sockets.Windows;

public sealed class WindowsSocketRowsTests
{
    private const long Created = 134_070_000_000_000_000; // 100 ns since 1601

    [Fact]
    public void A_TCP_row_has_both_ends_state_process_and_time()
    {
        byte[] table = Table(new MIB_TCPROW_OWNER_MODULE
        {
            dwState = 5,
            dwLocalAddr = 0x0100007F,
            dwLocalPort = 0xFFFF_901F, // only the low half is defined
            dwRemoteAddr = 0x0200000A,
            dwRemotePort = 0xBB01,
            dwOwningPid = 1234,
            liCreateTimestamp = Created,
        });
        var rows = new WindowsSocketRows(table, SocketKind.Tcp, isIPv6: false);

        Assert.True(rows.MoveNext());
        Assert.Equal(("127.0.0.1:8080", "10.0.0.2:443", SocketState.Established, 1234u), (rows.Sample.Local.ToString(), rows.Sample.Remote.ToString(), rows.Sample.State, rows.Owner));
        Assert.Equal(DateTime.FromFileTimeUtc(Created).Ticks, rows.Sample.Started);
        Assert.False(rows.MoveNext());
        Assert.Equal(0, rows.Missing);
    }

    [Fact]
    public void A_listener_has_no_peer_whatever_stands_in_its_place()
    {
        var row = new MIB_TCP6ROW_OWNER_MODULE { dwState = 2, dwLocalPort = 0x5000, dwRemotePort = 0x1234, dwOwningPid = 4 };
        row.ucRemoteAddr[3] = 9;
        var rows = new WindowsSocketRows(Table(row), SocketKind.Tcp, isIPv6: true);

        Assert.True(rows.MoveNext());
        Assert.Equal(("[::]:80", "[::]:0", SocketState.Listen), (rows.Sample.Local.ToString(), rows.Sample.Remote.ToString(), rows.Sample.State));
        Assert.False(rows.Sample.Has(SocketFacts.Started));
    }

    [Fact]
    public void UDP_rows_have_a_local_end_only()
    {
        var udp6 = new MIB_UDP6ROW_OWNER_MODULE { dwLocalPort = 0xE914, dwOwningPid = 7, liCreateTimestamp = Created };
        udp6.ucLocalAddr[15] = 1;
        var four = new WindowsSocketRows(Table(new MIB_UDPROW_OWNER_MODULE { dwLocalAddr = 0, dwLocalPort = 0x3500, dwOwningPid = 8 }), SocketKind.Udp, isIPv6: false);
        var six = new WindowsSocketRows(Table(udp6), SocketKind.Udp, isIPv6: true);

        Assert.True(four.MoveNext());
        Assert.True(six.MoveNext());
        Assert.Equal(("0.0.0.0:53", 8u, SocketState.Unconnected), (four.Sample.Local.ToString(), four.Owner, four.Sample.State));
        Assert.Equal(("[::1]:5353", 7u, "[::]:0"), (six.Sample.Local.ToString(), six.Owner, six.Sample.Remote.ToString()));
    }

    [Fact]
    public void Every_state_of_the_headers_has_a_name()
    {
        for (uint state = 1; state <= 12; state++)
        {
            Assert.NotEqual(SocketState.Unknown, WindowsSocketRows.StateOf(state));
        }

        Assert.Equal(SocketState.Unknown, WindowsSocketRows.StateOf(0));
        Assert.Equal(SocketState.Unknown, WindowsSocketRows.StateOf(uint.MaxValue));
    }

    [Fact]
    public void A_count_that_lies_gives_the_rows_that_are_there_and_counts_the_rest()
    {
        byte[] table = Table(new MIB_UDPROW_OWNER_MODULE { dwOwningPid = 8 });
        BitConverter.TryWriteBytes(table, uint.MaxValue);
        var rows = new WindowsSocketRows(table, SocketKind.Udp, isIPv6: false);

        Assert.True(rows.MoveNext());
        Assert.False(rows.MoveNext());
        Assert.Equal(uint.MaxValue - 1L, rows.Missing);
    }

    [Fact]
    public void No_prefix_and_no_mutation_makes_it_throw()
    {
        byte[] table = Table(new MIB_TCPROW_OWNER_MODULE { dwState = 5, liCreateTimestamp = Created });
        for (int length = 0; length <= table.Length; length++)
        {
            Walk(table.AsSpan(0, length));
        }

        var fuzz = new FuzzRun(20_000);
        while (fuzz.Next())
        {
            Walk(fuzz.Mutate(table));
        }
    }

    private static void Walk(ReadOnlySpan<byte> table)
    {
        foreach ((SocketKind kind, bool isIPv6) in (ReadOnlySpan<(SocketKind, bool)>)[(SocketKind.Tcp, false), (SocketKind.Tcp, true), (SocketKind.Udp, false), (SocketKind.Udp, true)])
        {
            var rows = new WindowsSocketRows(table, kind, isIPv6);
            int count = 0;
            while (rows.MoveNext())
            {
                count++;
            }

            Assert.InRange(count, 0, table.Length);
        }
    }

    private static byte[] Table<T>(T row)
        where T : unmanaged
    {
        byte[] bytes = new byte[8 + Sonde.Interop.NativeStruct.SizeOf<T>()];
        bytes[0] = 1;
        MemoryMarshal.Write(bytes.AsSpan(8), row);
        return bytes;
    }
}
