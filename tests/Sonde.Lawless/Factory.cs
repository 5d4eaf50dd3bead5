using System.Runtime.InteropServices;

namespace Sonde.Lawless;

/// <summary>Planted: the names Open and Create excuse nothing in a class that is not abstract.</summary>
public sealed class Factory
{
    public static bool Open() => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);
}
