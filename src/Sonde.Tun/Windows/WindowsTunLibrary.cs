using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Tun.Windows;

/// <summary>Where wintun.dll is: one place, never a search. This process is elevated, and a search could find a file that somebody else has put there.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsTunLibrary
{
    /// <summary>The place that is looked at when none is named: beside this program.</summary>
    internal static string DefaultPath => Path.Combine(AppContext.BaseDirectory, Wintun.FileName);

    /// <summary>Loads it.</summary>
    /// <param name="path">Its full path; null for the default one.</param>
    /// <param name="device">The device it is wanted for.</param>
    /// <exception cref="TunException">It is not there, or cannot be used.</exception>
    internal static Wintun Load(string? path, string? device)
    {
        try
        {
            return Wintun.Load(path ?? DefaultPath);
        }
        catch (NativeException refused)
        {
            throw WindowsTunErrors.Explain(refused, device);
        }
    }
}
