namespace Sonde.Host.Resolvers.Linux.DBus;

/// <summary>The bus or the service behind it answered with an error, or with bytes that are no answer.</summary>
internal sealed class DBusException(string errorName, string message) : IOException($"{errorName}: {message}")
{
    internal bool IsAccessDenied => errorName is "org.freedesktop.DBus.Error.AccessDenied" or "org.freedesktop.DBus.Error.AuthFailed";

    internal bool IsUnknownService => errorName is "org.freedesktop.DBus.Error.ServiceUnknown" or "org.freedesktop.DBus.Error.NameHasNoOwner";
}
