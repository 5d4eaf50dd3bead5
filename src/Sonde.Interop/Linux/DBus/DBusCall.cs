namespace Sonde.Interop.Linux.DBus;

/// <summary>Writes a method call as the bus wants it: header fields, then the arguments.</summary>
internal static class DBusCall
{
    private const byte MethodCall = 1;

    // Nothing here may start a service that is not running.
    private const byte NoAutoStart = 2;

    internal static byte[] Write(uint serial, DBusQuestion question)
    {
        List<(byte Code, string Type, string Value)> fields =
        [
            (1, "o", question.Path),
            (2, "s", question.Interface),
            (3, "s", question.Member),
            (6, "s", question.Destination),
        ];
        if (question.Signature.Length > 0)
        {
            fields.Add((8, "g", question.Signature));
        }

        return new DBusWriter()
            .WriteByte((byte)'l')
            .WriteByte(MethodCall)
            .WriteByte(NoAutoStart)
            .WriteByte(1)
            .WriteUInt32((uint)question.Body.Length)
            .WriteUInt32(serial)
            .WriteArray(alignment: 8, fields, static (writer, field) =>
            {
                writer.WriteByte(field.Code).WriteSignature(field.Type);
                _ = field.Type == "g" ? writer.WriteSignature(field.Value) : writer.WriteText(field.Value);
            })
            .Append(question.Body)
            .ToArray();
    }
}
