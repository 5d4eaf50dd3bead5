namespace Sonde.Interop.Linux.DBus;

/// <summary>The bus or the service behind it answered with an error, or with bytes that are no answer.</summary>
internal sealed class DBusException(string errorName, string message) : IOException($"{errorName}: {message}")
{
    /// <summary>The error that an answer is.</summary>
    internal static DBusException Of(DBusAnswer answer) => new(answer.ErrorName ?? "org.freedesktop.DBus.Error.Failed", answer.Read().ReadString());

    /// <summary>The error, by its name on the bus.</summary>
    internal string ErrorName { get; } = errorName;

    /// <summary>A right is missing; that somebody at a screen could grant it helps nobody here.</summary>
    internal bool IsAccessDenied => ErrorName is "org.freedesktop.DBus.Error.AccessDenied" or "org.freedesktop.DBus.Error.AuthFailed" or "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired";

    internal bool IsUnknownService => ErrorName is "org.freedesktop.DBus.Error.ServiceUnknown" or "org.freedesktop.DBus.Error.NameHasNoOwner";

    /// <summary>The object was removed after it had been listed.</summary>
    internal bool IsUnknownObject => ErrorName is "org.freedesktop.DBus.Error.UnknownObject" or "org.freedesktop.systemd1.NoSuchUnit";
}
