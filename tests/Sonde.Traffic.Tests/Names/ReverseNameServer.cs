using System.Net;
using System.Net.Sockets;

namespace Sonde.Traffic.Tests.Names;

/// <summary>A name server on the loopback that answers as a test says.</summary>
internal sealed class ReverseNameServer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Func<byte[], IEnumerable<byte[]>> _answer;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly List<(byte[] Question, IPEndPoint From)> _asked = [];
    private volatile bool _isEnding;

    internal ReverseNameServer(Func<byte[], IEnumerable<byte[]>> answer)
    {
        _answer = answer;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    internal IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Whether a stranger's answer, from a port of its own, comes before the right one.</summary>
    internal bool IsForestalled { get; init; }

    internal List<(byte[] Question, IPEndPoint From)> Asked
    {
        get
        {
            lock (_lock)
            {
                return [.. _asked];
            }
        }
    }

    public void Dispose()
    {
        _isEnding = true;
        _socket.Dispose();
        _thread.Join();
    }

    /// <summary>An answer to a question with records that a test makes up.</summary>
    internal static byte[] Answer(byte[] question, byte[] records, int count = 1, int flags = 0x8180)
    {
        byte[] answer = [.. question, .. records];
        answer[2] = (byte)(flags >> 8);
        answer[3] = (byte)flags;
        answer[7] = (byte)count;
        return answer;
    }

    /// <summary>A PTR record of the name that was asked for.</summary>
    internal static byte[] Pointer(byte[] target, int timeToLive = 300) =>
        [0xC0, 12, 0, 12, 0, 1, (byte)(timeToLive >> 24), (byte)(timeToLive >> 16), (byte)(timeToLive >> 8), (byte)timeToLive, (byte)(target.Length >> 8), (byte)target.Length, .. target];

    private void Run()
    {
        byte[] buffer = new byte[2048];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (!_isEnding)
        {
            try
            {
                int length = _socket.ReceiveFrom(buffer, ref from);
                byte[] question = buffer.AsSpan(0, length).ToArray();
                lock (_lock)
                {
                    _asked.Add((question, (IPEndPoint)from));
                }

                if (IsForestalled)
                {
                    using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                    stranger.SendTo(Answer(question, Pointer([4, .. "evil"u8, 0])), from);
                }

                foreach (byte[] answer in _answer(question))
                {
                    _socket.SendTo(answer, from);
                }
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // The end, or a client that is gone.
            }
        }
    }
}
