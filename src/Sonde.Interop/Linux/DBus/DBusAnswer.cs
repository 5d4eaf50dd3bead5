namespace Sonde.Interop.Linux.DBus;

/// <summary>A message from the bus: which call it answers, and whether with an error.</summary>
internal sealed record DBusAnswer(bool IsLittleEndian, uint ReplySerial, string? ErrorName, byte[] Body)
{
    private const byte ErrorNameField = 4;
    private const byte ReplySerialField = 5;

    /// <summary>A reader for its body.</summary>
    internal DBusReader Read() => new(Body, IsLittleEndian);

    /// <summary>Reads the header fields, an array of (code, variant); never throws.</summary>
    internal static DBusAnswer Parse(bool isLittleEndian, ReadOnlySpan<byte> fields, byte[] body)
    {
        uint replySerial = 0;
        string? errorName = null;
        var reader = new DBusReader(fields, isLittleEndian);
        while (!reader.IsTorn && reader.Position < fields.Length)
        {
            reader.Align(8);
            byte code = reader.ReadByte();
            string signature = reader.ReadSignature();
            switch (code, signature)
            {
                case (ErrorNameField, "s"):
                    errorName = reader.ReadString();
                    break;
                case (ReplySerialField, "u"):
                    replySerial = reader.ReadUInt32();
                    break;
                default:
                    reader.Skip(signature);
                    break;
            }
        }

        return new DBusAnswer(isLittleEndian, replySerial, errorName, body);
    }
}
