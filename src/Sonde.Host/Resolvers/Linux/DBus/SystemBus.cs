using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;

namespace Sonde.Host.Resolvers.Linux.DBus;

/// <summary>A connection to the D-Bus system bus that asks a service for its properties, and nothing else.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SystemBus : IDisposable
{
    // A service that does not answer must not hold up a command; the bus itself answers in microseconds.
    private const int TimeoutMilliseconds = 1000;

    // The specification's own limit is 128 MiB; a resolver's properties are a few KiB.
    private const int MaxMessageBytes = 4 * 1024 * 1024;
    private const int MaxForeignMessages = 64;

    private readonly Socket _socket;
    private uint _serial;

    private SystemBus(Socket socket) => _socket = socket;

    /// <summary>The byte order of the last answer.</summary>
    internal bool AnswersInLittleEndian { get; private set; } = true;

    /// <summary>Connects, says who we are by our user id, and registers.</summary>
    /// <exception cref="SocketException">There is no bus, or it may not be reached.</exception>
    /// <exception cref="DBusException">The bus refused.</exception>
    internal static SystemBus Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = TimeoutMilliseconds,
            SendTimeout = TimeoutMilliseconds,
        };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            var bus = new SystemBus(socket);
            bus.Authenticate();
            bus.Call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello");
            return bus;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>All properties of an interface of an object: the body of the answer, an a{sv}.</summary>
    internal byte[] GetAllProperties(string service, string path, string @interface) =>
        Call(service, path, "org.freedesktop.DBus.Properties", "GetAll", @interface);

    public void Dispose() => _socket.Dispose();

    private void Authenticate()
    {
        // A zero byte carries our credentials; EXTERNAL names the uid, in hexadecimal of its decimal digits.
        string uid = Interop.Unix.UserId.Effective.ToString(CultureInfo.InvariantCulture);
        string hexadecimal = Convert.ToHexStringLower(Encoding.ASCII.GetBytes(uid));
        SendAll(Encoding.ASCII.GetBytes($"\0AUTH EXTERNAL {hexadecimal}\r\n"));
        string answer = ReceiveLine();
        if (!answer.StartsWith("OK ", StringComparison.Ordinal))
        {
            throw new DBusException("org.freedesktop.DBus.Error.AuthFailed", $"the bus answered '{answer}'");
        }

        SendAll("BEGIN\r\n"u8.ToArray());
    }

    private byte[] Call(string destination, string path, string @interface, string member, params ReadOnlySpan<string> arguments)
    {
        uint serial = ++_serial;
        SendAll(DBusCall.Write(serial, destination, path, @interface, member, arguments));
        for (int foreign = 0; foreign < MaxForeignMessages; foreign++)
        {
            DBusAnswer answer = ReceiveMessage();
            if (answer.ReplySerial != serial)
            {
                continue; // a signal such as NameAcquired
            }

            AnswersInLittleEndian = answer.IsLittleEndian;
            return answer.ErrorName is null
                ? answer.Body
                : throw new DBusException(answer.ErrorName, new DBusReader(answer.Body, answer.IsLittleEndian).ReadString());
        }

        throw new DBusException("org.freedesktop.DBus.Error.NoReply", $"{MaxForeignMessages} other messages came instead of the answer to {member}");
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
