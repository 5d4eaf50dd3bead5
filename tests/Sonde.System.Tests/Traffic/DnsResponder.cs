using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sonde.System.Tests.Traffic;

/// <summary>A name server of a test's own, over UDP and TCP: what a name begins with says how it is answered.</summary>
internal sealed class DnsResponder : IDisposable
{
    private readonly IPAddress _address;
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly Thread[] _threads;
    private volatile bool _isEnding;

    /// <summary>Listens; to be made in the namespace that it is to answer in.</summary>
    internal DnsResponder(IPAddress address, IPAddress told)
    {
        _address = told;
        _udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _udp.Bind(new IPEndPoint(address, 53));
        _tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _tcp.Bind(new IPEndPoint(address, 53));
        _tcp.Listen(16);
        _threads = [new Thread(AnswerDatagrams), new Thread(AnswerStreams)];
        foreach (Thread thread in _threads)
        {
            thread.IsBackground = true;
            thread.Start();
        }
    }

    public void Dispose()
    {
        _isEnding = true;
        _udp.Dispose();
        _tcp.Dispose();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void AnswerDatagrams()
    {
        byte[] buffer = new byte[2048];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (!_isEnding)
        {
            try
            {
                int length = _udp.ReceiveFrom(buffer, ref from);
                if (length > 12 && Answer(buffer.AsSpan(0, length), isTcp: false) is { } answer)
                {
                    _udp.SendTo(answer, from);
                }
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // The end, or a client that is gone.
            }
        }
    }

    private void AnswerStreams()
    {
        byte[] buffer = new byte[2048];
        while (!_isEnding)
        {
            try
            {
                using Socket client = _tcp.Accept();
                int length = client.Receive(buffer);
                if (length > 14 && Answer(buffer.AsSpan(2, length - 2), isTcp: true) is { } answer)
                {
                    // In two pieces: the length alone comes first.
                    client.NoDelay = true;
                    client.Send([(byte)(answer.Length >> 8), (byte)answer.Length]);
                    client.Send(answer);
                }
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // The end, or a client that is gone.
            }
        }
    }

    private byte[]? Answer(ReadOnlySpan<byte> question, bool isTcp)
    {
        string name = Encoding.ASCII.GetString(question.Slice(13, question[12]));
        int code = name.StartsWith("nx", StringComparison.Ordinal) ? 3 : name.StartsWith("fail", StringComparison.Ordinal) ? 2 : name.StartsWith("refused", StringComparison.Ordinal) ? 5 : 0;
        bool isCut = name.StartsWith("big", StringComparison.Ordinal) && !isTcp;
        if (name.StartsWith("lost", StringComparison.Ordinal))
        {
            return null;
        }

        bool hasAnswer = code == 0 && !isCut;
        byte[] record = hasAnswer ? [0xC0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, .. _address.GetAddressBytes()] : [];
        byte[] answer = [.. question, .. record];
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(2), (ushort)(0x8180 | code | (isCut ? 0x0200 : 0)));
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(6), (ushort)(hasAnswer ? 1 : 0));
        return answer;
    }
}
