using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Sonde.Interop.Windows;

/// <summary>tlhelp32.h: a list of processes with id, parent, threads, priority and name.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe partial class ToolHelp : IDisposable
{
    private const uint TH32CS_SNAPPROCESS = 0x2;
    private readonly SafeFileHandle _snapshot;
    private bool _hasBegun;

    private ToolHelp(SafeFileHandle snapshot) => _snapshot = snapshot;

    /// <summary>Takes a list.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static ToolHelp Take()
    {
        SafeFileHandle snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
        int error = Marshal.GetLastPInvokeError();
        if (snapshot.IsInvalid)
        {
            snapshot.Dispose();
            throw new NativeException("CreateToolhelp32Snapshot", Win32.Error(error));
        }

        return new ToolHelp(snapshot);
    }

    /// <summary>Reads the next process.</summary>
    /// <returns><see langword="false"/> after the last one.</returns>
    /// <exception cref="NativeException">The system refused.</exception>
    internal bool TryNext(out PROCESSENTRY32W entry)
    {
        entry = new PROCESSENTRY32W { dwSize = (uint)sizeof(PROCESSENTRY32W) };
        int found;
        fixed (PROCESSENTRY32W* start = &entry)
        {
            // SAFETY: the struct says its own size.
            found = _hasBegun ? Process32NextW(_snapshot, start) : Process32FirstW(_snapshot, start);
        }

        if (found == 0 && Marshal.GetLastPInvokeError() is not Win32.ERROR_NO_MORE_FILES and var error)
        {
            throw new NativeException(_hasBegun ? "Process32NextW" : "Process32FirstW", Win32.Error(error));
        }

        _hasBegun = true;
        return found != 0;
    }

    public void Dispose() => _snapshot.Dispose();

    [LibraryImport("kernel32.dll", SetLastError = true)]
    private static partial SafeFileHandle CreateToolhelp32Snapshot(uint flags, uint pid);

    [LibraryImport("kernel32.dll", SetLastError = true)]
    private static partial int Process32FirstW(SafeFileHandle snapshot, PROCESSENTRY32W* entry);

    [LibraryImport("kernel32.dll", SetLastError = true)]
    private static partial int Process32NextW(SafeFileHandle snapshot, PROCESSENTRY32W* entry);
}

/// <summary>struct PROCESSENTRY32W (tlhelp32.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PROCESSENTRY32W
{
    internal uint dwSize;
    internal uint cntUsage;
    internal uint th32ProcessID;
    internal nuint th32DefaultHeapID;
    internal uint th32ModuleID;
    internal uint cntThreads;
    internal uint th32ParentProcessID;
    internal int pcPriClassBase;
    internal uint dwFlags;
    internal PROCESS_FILE szExeFile;

    /// <summary>The name up to its end.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    internal readonly ReadOnlySpan<char> Name
    {
        get
        {
            ReadOnlySpan<char> name = MemoryMarshal.Cast<ushort, char>((ReadOnlySpan<ushort>)szExeFile);
            int end = name.IndexOf('\0');
            return end < 0 ? name : name[..end];
        }
    }
}

/// <summary>WCHAR[MAX_PATH].</summary>
[InlineArray(260)]
internal struct PROCESS_FILE
{
    private ushort _first;
}
