using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>What drive letters stand for.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class DosDevices
{
    /// <summary>The device that a drive such as "C:" stands for: "\Device\HarddiskVolume3".</summary>
    /// <returns><see langword="null"/> for a letter that stands for nothing.</returns>
    internal static string? TargetOf(string drive)
    {
        const int Room = 1024;
        char* target = stackalloc char[Room];

        // SAFETY: Room tells how much room target has.
        uint length = QueryDosDeviceW(drive, target, Room);

        // A list of texts, the current one first.
        ReadOnlySpan<char> texts = new(target, (int)Math.Min(length, Room));
        int end = texts.IndexOf('\0');
        return end > 0 ? texts[..end].ToString() : null;
    }

    [LibraryImport("kernel32.dll", StringMarshalling = StringMarshalling.Utf16)]
    private static partial uint QueryDosDeviceW(string device, char* target, uint room);
}
