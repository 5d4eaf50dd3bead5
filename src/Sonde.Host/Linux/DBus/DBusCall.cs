using System.Buffers.Binary;
using System.Text;

namespace Sonde.Host.Linux.DBus;

/// <summary>Writes a method call as the bus wants it: little-endian, header fields, then string arguments.</summary>
internal static class DBusCall
{
    private const byte MethodCall = 1;

    // A question must not start a service that is not running.
    private const byte NoAutoStart = 2;

    internal static byte[] Write(uint serial, string destination, string path, string @interface, string member, params ReadOnlySpan<string> arguments)
    {
        var body = new List<byte>();
        foreach (string argument in arguments)
        {
            AddText(body, argument);
        }

        var message = new List<byte> { (byte)'l', MethodCall, NoAutoStart, 1 };
        AddUInt32(message, (uint)body.Count);
        AddUInt32(message, serial);
        int lengthAt = message.Count;
        AddUInt32(message, 0);
        AddField(message, 1, 'o', path);
        AddField(message, 2, 's', @interface);
        AddField(message, 3, 's', member);
        AddField(message, 6, 's', destination);
        if (!arguments.IsEmpty)
        {
            AddField(message, 8, 'g', new string('s', arguments.Length));
        }

        byte[] length = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)(message.Count - lengthAt - 4));
        for (int i = 0; i < length.Length; i++)
        {
            message[lengthAt + i] = length[i];
        }

        Pad(message, 8);
        message.AddRange(body);
        return [.. message];
    }

    private static void AddField(List<byte> message, byte code, char type, string value)
    {
        Pad(message, 8);
        message.Add(code);
        message.AddRange([1, (byte)type, 0]);
        if (type == 'g')
        {
            message.Add((byte)value.Length);
            message.AddRange(Encoding.UTF8.GetBytes(value));
            message.Add(0);
        }
        else
        {
            AddText(message, value);
        }
    }

    private static void AddText(List<byte> target, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        AddUInt32(target, (uint)bytes.Length);
        target.AddRange(bytes);
        target.Add(0);
    }

    private static void AddUInt32(List<byte> target, uint value)
    {
        Pad(target, 4);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        target.AddRange(bytes);
    }

    private static void Pad(List<byte> target, int alignment)
    {
        while (target.Count % alignment != 0)
        {
            target.Add(0);
        }
    }
}
