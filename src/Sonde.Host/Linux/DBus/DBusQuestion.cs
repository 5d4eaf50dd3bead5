namespace Sonde.Host.Linux.DBus;

/// <summary>A call that takes texts and changes nothing.</summary>
internal sealed record DBusQuestion(string Destination, string Path, string Interface, string Member, params string[] Arguments)
{
    /// <summary>Asks for all properties of one interface of an object: the answer is an a{sv}.</summary>
    internal static DBusQuestion ForProperties(string destination, string path, string @interface) =>
        new(destination, path, "org.freedesktop.DBus.Properties", "GetAll", @interface);
}
