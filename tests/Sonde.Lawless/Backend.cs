namespace Sonde.Lawless;

/// <summary>A proper abstract class: its Open may ask which system this is, a lambda in it too; its other members may not.</summary>
public abstract class Backend
{
    private protected Backend()
    {
    }

    public static Backend Open()
    {
        Func<bool> ask = static () => OperatingSystem.IsLinux();
        return ask() ? new LinuxBackend() : throw new PlatformNotSupportedException();
    }

    /// <summary>Planted: asks outside Open and Create.</summary>
    public static bool IsHere() => OperatingSystem.IsLinux();

    /// <summary>Planted: no static method, so its name does not excuse it.</summary>
    public Version Create() => Environment.OSVersion.Version;
}
