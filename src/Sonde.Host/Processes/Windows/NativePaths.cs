namespace Sonde.Host.Processes.Windows;

/// <summary>Turns the kernel's paths (\Device\HarddiskVolume3\…) into those that programs use (C:\…).</summary>
/// <param name="windowsFolder">Where Windows lies: "C:\Windows".</param>
/// <param name="targetOf">The device that a drive such as "C:" stands for; null for none.</param>
internal sealed class NativePaths(string windowsFolder, Func<string, string?> targetOf)
{
    private const string Mup = @"\Device\Mup\"; // the multiple UNC provider: files of other machines
    private const string SystemRoot = @"\SystemRoot\";
    private const string DosDevices = @"\??\";
    private const string GlobalRoot = @"\\?\GLOBALROOT";

    private List<(string Device, string Drive)>? _drives;
    private bool _isFresh;

    /// <summary>Called once a cycle: drives may have come and gone.</summary>
    internal void BeginCycle() => _isFresh = false;

    /// <summary>The path as programs write it; a volume without a letter keeps its device's name behind a prefix that programs can open.</summary>
    internal string ToDosPath(string native)
    {
        if (native.StartsWith(DosDevices, StringComparison.Ordinal))
        {
            string path = native[DosDevices.Length..];
            return path.StartsWith(@"UNC\", StringComparison.OrdinalIgnoreCase) ? @"\" + path[3..] : path;
        }

        if (native.StartsWith(Mup, StringComparison.OrdinalIgnoreCase))
        {
            return @"\\" + native[Mup.Length..];
        }

        if (native.StartsWith(SystemRoot, StringComparison.OrdinalIgnoreCase))
        {
            return Path(windowsFolder, native[(SystemRoot.Length - 1)..]);
        }

        if (!native.StartsWith('\\'))
        {
            return native;
        }

        if (Find(native) is { } known)
        {
            return known;
        }

        // Perhaps a drive that came since the letters were read: they are read again, once a cycle.
        if (!_isFresh)
        {
            _drives = null;
            if (Find(native) is { } found)
            {
                return found;
            }
        }

        return GlobalRoot + native;
    }

    /// <summary>Whether a file lies on another machine, where merely opening it would send this user's proof of identity.</summary>
    internal static bool IsRemote(string dosPath) =>
        dosPath.StartsWith(@"\\", StringComparison.Ordinal)
        && !dosPath.StartsWith(@"\\?\", StringComparison.Ordinal)
        && !dosPath.StartsWith(@"\\.\", StringComparison.Ordinal);

    private string? Find(string native)
    {
        foreach ((string device, string drive) in Drives())
        {
            // The whole name: HarddiskVolume1 is not the beginning of HarddiskVolume10.
            if (native.Length > device.Length && native[device.Length] == '\\' && native.StartsWith(device, StringComparison.OrdinalIgnoreCase))
            {
                return Path(drive, native[device.Length..]);
            }
        }

        return null;
    }

    private List<(string Device, string Drive)> Drives()
    {
        if (_drives is null)
        {
            _drives = [];
            _isFresh = true;
            for (char letter = 'A'; letter <= 'Z'; letter++)
            {
                string drive = $"{letter}:";
                if (targetOf(drive) is { Length: > 0 } device)
                {
                    // A letter made by subst stands for \??\C:\folder, and a mapped one for \Device\LanmanRedirector\;X:…\server\share.
                    _drives.Add((device.TrimEnd('\\'), drive));
                }
            }
        }

        return _drives;
    }

    private static string Path(string start, string rest) => start.TrimEnd('\\') + rest;
}
