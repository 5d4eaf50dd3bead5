namespace Sonde.Host.Linux.DBus;

/// <summary>The bus or the service behind it answered with an error, or with bytes that are no answer.</summary>
internal sealed class DBusException(string errorName, string message) : IOException($"{errorName}: {message}")
{
    /// <summary>The error that an answer is.</summary>
    internal static DBusException Of(DBusAnswer answer) => new(answer.ErrorName ?? "org.freedesktop.DBus.Error.Failed", answer.Read().ReadString());

    internal bool IsAccessDenied => errorName is "org.freedesktop.DBus.Error.AccessDenied" or "org.freedesktop.DBus.Error.AuthFailed";

    internal bool IsUnknownService => errorName is "org.freedesktop.DBus.Error.ServiceUnknown" or "org.freedesktop.DBus.Error.NameHasNoOwner";

    /// <summary>The object was removed after it had been listed.</summary>
    internal bool IsUnknownObject => errorName is "org.freedesktop.DBus.Error.UnknownObject" or "org.freedesktop.systemd1.NoSuchUnit";
}
