using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Sonde.Interop.Windows;

/// <summary>What a process was given to write to.</summary>
[SupportedOSPlatform("windows")]
internal static partial class StandardHandle
{
    private const int STD_OUTPUT_HANDLE = -11;

    /// <summary>The standard output, which stays the process's; invalid when it has none.</summary>
    internal static SafeFileHandle Output() => new(GetStdHandle(STD_OUTPUT_HANDLE), ownsHandle: false);

    [LibraryImport("kernel32.dll")]
    private static partial nint GetStdHandle(int which);
}
