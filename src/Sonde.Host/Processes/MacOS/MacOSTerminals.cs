using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>Names of terminals. The kernel gives out the major number of pseudo terminals as it starts, so only the system itself knows them; each is asked for once.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSTerminals
{
    private const int MaxNames = 4096;

    // Records name their terminal when they are looked at, on whichever thread.
    private readonly ConcurrentDictionary<uint, string> _names = new();

    internal string NameOf(uint device)
    {
        if (_names.TryGetValue(device, out string? name))
        {
            return name;
        }

        if (_names.Count >= MaxNames)
        {
            _names.Clear();
        }

        return _names.GetOrAdd(device, static number => FileStatus.NameOfDevice(number) is { } found ? SystemText.Of(found) : Numbers(number));
    }

    /// <summary>Major and minor number, as macOS packs them.</summary>
    internal static string Numbers(uint device) => string.Create(CultureInfo.InvariantCulture, $"{device >> 24}:{device & 0xFFFFFF}");
}
