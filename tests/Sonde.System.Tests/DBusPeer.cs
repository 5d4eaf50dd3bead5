using System.Net.Sockets;
using System.Text;

namespace Sonde.System.Tests;

/// <summary>Somebody who listens on a Unix socket and answers as a test says, once.</summary>
internal sealed class DBusPeer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sonde-peer").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Thread _thread;

    /// <summary>Listens; <paramref name="behave"/> gets the connection after the authentication line was read and answered.</summary>
    /// <param name="authenticated">The line that answers.</param>
    /// <param name="behave">What then happens.</param>
    internal DBusPeer(string authenticated, Action<Socket> behave)
    {
        Path = global::System.IO.Path.Combine(_folder, "socket");
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen(1);
        _thread = new Thread(() =>
        {
            try
            {
                using Socket client = _listener.Accept();
                ReadUntil(client, "BEGIN\r\n"u8);
                client.Send(Encoding.ASCII.GetBytes(authenticated));
                behave(client);
            }
            catch (SocketException)
            {
                // The other side hung up, or the test is over: both are what some tests are about.
            }
        })
        {
            IsBackground = true,
        };
        _thread.Start();
    }

    internal string Path { get; }

    /// <summary>Reads one call and gives its serial.</summary>
    internal static uint ReadCall(Socket client)
    {
        byte[] head = ReadExactly(client, 16);
        int fields = BitConverter.ToInt32(head, 12);
        ReadExactly(client, ((fields + 7) & ~7) + BitConverter.ToInt32(head, 4));
        return BitConverter.ToUInt32(head, 8);
    }

    /// <summary>A message that answers a call.</summary>
    internal static byte[] Answer(uint serial, byte[] body, uint? bodyLength = null) =>
        [(byte)'l', 2, 1, 1, .. BitConverter.GetBytes(bodyLength ?? (uint)body.Length), .. BitConverter.GetBytes(99u), .. BitConverter.GetBytes(8u), 5, 1, (byte)'u', 0, .. BitConverter.GetBytes(serial), .. body];

    /// <summary>A signal, as buses send them at any time.</summary>
    internal static byte[] Signal() => [(byte)'l', 4, 1, 1, 0, 0, 0, 0, .. BitConverter.GetBytes(7u), 0, 0, 0, 0];

    public void Dispose()
    {
        _listener.Dispose();
        _thread.Join();
        Directory.Delete(_folder, recursive: true);
    }

    private static void ReadUntil(Socket client, ReadOnlySpan<byte> end)
    {
        var seen = new List<byte>();
        while (seen.Count < end.Length || !seen[^end.Length..].ToArray().AsSpan().SequenceEqual(end))
        {
            seen.Add(ReadExactly(client, 1)[0]);
        }
    }

    private static byte[] ReadExactly(Socket client, int count)
    {
        byte[] bytes = new byte[count];
        for (int length = 0; length < count;)
        {
            int received = client.Receive(bytes, length, count - length, SocketFlags.None);
            length += received > 0 ? received : throw new SocketException((int)SocketError.ConnectionReset);
        }

        return bytes;
    }
}
