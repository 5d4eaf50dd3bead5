using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;

namespace Sonde.Interop.Linux.DBus;

/// <summary>A D-Bus connection over a Unix socket, to a bus or straight to a service, that makes calls and nothing else.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class DBusConnection : IDisposable
{
    // The specification's own limit is 128 MiB; the largest answer here, all units of a large host, has under one.
    private const int MaxMessageBytes = 16 * 1024 * 1024;
    private const int MaxForeignMessages = 64;

    // Enough to keep the other side busy; its answers fit the buffers in between.
    private const int MaxOpenQuestions = 32;

    private readonly Socket _socket;
    private readonly long _deadline;
    private uint _serial;

    private DBusConnection(Socket socket, TimeSpan deadline)
    {
        _socket = socket;
        _deadline = Environment.TickCount64 + (long)deadline.TotalMilliseconds;
    }

    /// <summary>Connects to a bus, says who we are by our user id, and registers.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="patience">How long one answer may take: a service that does not answer must not hold up a command. All of them together may take ten times as long.</param>
    /// <exception cref="SocketException">There is no bus, or it may not be reached.</exception>
    /// <exception cref="DBusException">The bus refused.</exception>
    internal static DBusConnection ToBus(string path, TimeSpan patience)
    {
        DBusConnection connection = ToService(path, patience);
        try
        {
            connection.Ask(new DBusQuestion("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Connects straight to a service that listens itself, with no bus between.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="patience">How long one answer may take; all of them together may take ten times as long.</param>
    /// <exception cref="SocketException">Nobody listens, or it may not be reached.</exception>
    /// <exception cref="DBusException">The service refused.</exception>
    internal static DBusConnection ToService(string path, TimeSpan patience)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)patience.TotalMilliseconds,
            SendTimeout = (int)patience.TotalMilliseconds,
        };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            var connection = new DBusConnection(socket, patience * 10);
            connection.Authenticate();
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Asks, and waits for the answer.</summary>
    /// <exception cref="SocketException">The other side does not answer in time, or is gone.</exception>
    /// <exception cref="DBusException">The answer is an error, or is none.</exception>
    internal DBusAnswer Ask(DBusQuestion question)
    {
        DBusAnswer? found = null;
        AskAll([question], (_, answer) => found = answer);
        DBusAnswer given = found!; // AskAll returns only when every question has its answer
        return given.ErrorName is null ? given : throw DBusException.Of(given);
    }

    /// <summary>Asks many questions, several at a time, and hands out each answer, errors too, with the place of its question.</summary>
    /// <exception cref="SocketException">The other side does not answer in time, or is gone.</exception>
    /// <exception cref="DBusException">The other side sends bytes that are no answers.</exception>
    internal void AskAll(IReadOnlyList<DBusQuestion> questions, Action<int, DBusAnswer> onAnswer)
    {
        var open = new Dictionary<uint, int>();
        int asked = 0;
        int foreign = 0;
        while (asked < questions.Count || open.Count > 0)
        {
            for (; asked < questions.Count && open.Count < MaxOpenQuestions; asked++)
            {
                DBusQuestion question = questions[asked];
                uint serial = ++_serial;
                SendAll(DBusCall.Write(serial, question));
                open.Add(serial, asked);
            }

            DBusAnswer answer = ReceiveMessage();
            if (open.Remove(answer.ReplySerial, out int at))
            {
                foreign = 0;
                onAnswer(at, answer);
            }
            else if (++foreign > MaxForeignMessages)
            {
                // A signal such as NameAcquired may come between; an endless row of them may not.
                throw new DBusException("org.freedesktop.DBus.Error.NoReply", $"{MaxForeignMessages} other messages came instead of the answer to {questions[asked - 1].Member}");
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Authenticate()
    {
        // A zero byte carries our credentials; EXTERNAL names the uid, in hexadecimal of its decimal digits.
        string uid = Unix.UserId.Effective.ToString(CultureInfo.InvariantCulture);
        string hexadecimal = Convert.ToHexStringLower(Encoding.ASCII.GetBytes(uid));

        // BEGIN goes with it, as systemd's own client does: systemd as a server forgets a message that it reads together with BEGIN until more comes.
        SendAll(Encoding.ASCII.GetBytes($"\0AUTH EXTERNAL {hexadecimal}\r\nBEGIN\r\n"));
        string answer = ReceiveLine();
        if (!answer.StartsWith("OK ", StringComparison.Ordinal))
        {
            throw new DBusException("org.freedesktop.DBus.Error.AuthFailed", $"the bus answered '{answer}'");
        }
    }

    private DBusAnswer ReceiveMessage()
    {
        // Order, type, flags, version; length of the body; serial; length of the header fields.
        byte[] head = ReceiveExactly(16);
        bool isLittleEndian = head[0] == 'l';
        uint bodyLength = Read(head.AsSpan(4));
        uint fieldsLength = Read(head.AsSpan(12));
        if ((!isLittleEndian && head[0] != 'B') || bodyLength > MaxMessageBytes || fieldsLength > MaxMessageBytes)
        {
            throw new DBusException("org.freedesktop.DBus.Error.InvalidArgs", "the bus sent bytes that are no message");
        }

        byte[] fields = ReceiveExactly(((int)fieldsLength + 7) & ~7);
        byte[] body = ReceiveExactly((int)bodyLength);
        return DBusAnswer.Parse(isLittleEndian, fields.AsSpan(0, (int)fieldsLength), body);

        uint Read(ReadOnlySpan<byte> bytes) =>
            isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private string ReceiveLine()
    {
        var line = new StringBuilder();
        while (line.Length < 1024)
        {
            char next = (char)ReceiveExactly(1)[0];
            if (next == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(next);
        }

        throw new DBusException("org.freedesktop.DBus.Error.AuthFailed", "the bus sent an endless line");
    }

    private byte[] ReceiveExactly(int count)
    {
        byte[] bytes = new byte[count];
        int length = 0;
        while (length < count)
        {
            if (Environment.TickCount64 > _deadline)
            {
                throw new SocketException((int)SocketError.TimedOut); // byte by byte is in time for ever otherwise
            }

            int received = _socket.Receive(bytes, length, count - length, SocketFlags.None);
            if (received == 0)
            {
                throw new DBusException("org.freedesktop.DBus.Error.Disconnected", "the bus closed the connection");
            }

            length += received;
        }

        return bytes;
    }

    private void SendAll(byte[] bytes)
    {
        int sent = 0;
        while (sent < bytes.Length)
        {
            sent += _socket.Send(bytes, sent, bytes.Length - sent, SocketFlags.None);
        }
    }
}
