using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Sonde.Packets;

namespace Sonde.Traffic.Names.Reverse;

/// <summary>An open question for the name of an address, with a socket of its own: an answer from another sender never reaches it.</summary>
internal sealed class ReverseQuery(InternetAddress address) : IDisposable
{
    private const int LowestPort = 1024;
    private const int PortTries = 4;

    private readonly byte[] _question = new byte[ReverseQuestion.MaxLength];
    private Socket? _socket;
    private int _length;

    internal InternetAddress Address => address;

    /// <summary>How many servers were tried.</summary>
    internal int Tries { get; private set; }

    internal long SentAt { get; private set; }

    /// <summary>Where the answer comes to; there is one once the question was sent.</summary>
    internal Socket Socket => _socket ?? throw new InvalidOperationException("The question has not been sent.");

    /// <summary>Sends the question, with a number and from a port that nobody can guess.</summary>
    internal bool TrySend(IPEndPoint server, long now, out FlowKey flow)
    {
        Tries++;
        SentAt = now;
        flow = default;
        _socket?.Dispose();
        _socket = null;
        _length = ReverseQuestion.Write(_question, (ushort)RandomNumberGenerator.GetInt32(65_536), address);
        try
        {
            _socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            BindSomewhere(_socket, server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any);
            _socket.Connect(server);
            _socket.Send(_question.AsSpan(0, _length));
            var local = (IPEndPoint)_socket.LocalEndPoint!; // it is bound
            flow = new FlowKey(
                IPProtocol.Udp,
                new FlowEndpoint(InternetAddress.From(local.Address), (ushort)local.Port),
                new FlowEndpoint(InternetAddress.From(server.Address), (ushort)server.Port));
            return true;
        }
        catch (SocketException)
        {
            return false; // no way to that server: the next one is tried, and without any it counts as failed
        }
    }

    /// <summary>Reads what came.</summary>
    /// <param name="buffer">Room for it.</param>
    /// <param name="name">The name.</param>
    /// <param name="timeToLiveSeconds">For how long it holds.</param>
    /// <param name="isRefused">Whether the server's host says that nobody listens there.</param>
    internal ReverseOutcome Receive(byte[] buffer, out string name, out int timeToLiveSeconds, out bool isRefused)
    {
        isRefused = false;
        try
        {
            int length = Socket.Receive(buffer);
            return ReverseQuestion.Read(buffer.AsSpan(0, length), _question.AsSpan(0, _length), out name, out timeToLiveSeconds);
        }
        catch (SocketException)
        {
            // Longer than any answer over UDP, or a message that nobody is there.
            isRefused = true;
            name = string.Empty;
            timeToLiveSeconds = 0;
            return ReverseOutcome.Rejected;
        }
    }

    public void Dispose() => _socket?.Dispose();

    // The system's own choice goes upwards on some systems.
    private static void BindSomewhere(Socket socket, IPAddress any)
    {
        for (int attempt = 0; attempt < PortTries; attempt++)
        {
            try
            {
                socket.Bind(new IPEndPoint(any, RandomNumberGenerator.GetInt32(LowestPort, 65_536)));
                return;
            }
            catch (SocketException)
            {
                // Taken; another one.
            }
        }

        socket.Bind(new IPEndPoint(any, 0));
    }
}
