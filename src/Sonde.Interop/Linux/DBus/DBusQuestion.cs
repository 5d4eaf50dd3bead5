namespace Sonde.Interop.Linux.DBus;

/// <summary>A call and its arguments.</summary>
/// <param name="Destination">The service.</param>
/// <param name="Path">The object.</param>
/// <param name="Interface">Where the method is declared.</param>
/// <param name="Member">The method.</param>
/// <param name="Signature">The types of the arguments.</param>
/// <param name="Body">The arguments, as a <see cref="DBusWriter"/> writes them.</param>
internal sealed record DBusQuestion(string Destination, string Path, string Interface, string Member, string Signature, byte[] Body)
{
    /// <summary>A call that takes texts.</summary>
    internal DBusQuestion(string destination, string path, string @interface, string member, params ReadOnlySpan<string> texts)
        : this(destination, path, @interface, member, new string('s', texts.Length), Write(texts))
    {
    }

    /// <summary>Asks for all properties of one interface of an object: the answer is an a{sv}.</summary>
    internal static DBusQuestion ForProperties(string destination, string path, string @interface) =>
        new(destination, path, "org.freedesktop.DBus.Properties", "GetAll", @interface);

    private static byte[] Write(ReadOnlySpan<string> texts)
    {
        var body = new DBusWriter();
        foreach (string text in texts)
        {
            body.WriteText(text);
        }

        return body.ToArray();
    }
}
