using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

// pdh.h, pdhmsg.h: performance counters.
[SupportedOSPlatform("windows")]
internal static unsafe partial class Pdh
{
    internal const int PDH_CSTATUS_NO_INSTANCE = unchecked((int)0x800007D1);
    internal const int PDH_NO_DATA = unchecked((int)0x800007D5);
    internal const int PDH_MORE_DATA = unchecked((int)0x800007D2);
    internal const int PDH_CSTATUS_NO_OBJECT = unchecked((int)0xC0000BB8);
    internal const int PDH_CSTATUS_NO_COUNTER = unchecked((int)0xC0000BB9);
    internal const int PDH_CSTATUS_INVALID_DATA = unchecked((int)0xC0000BBA);
    internal const int PDH_INVALID_DATA = unchecked((int)0xC0000BC6);
    internal const int PDH_NOT_IMPLEMENTED = unchecked((int)0xC0000BD3);

    internal const uint PDH_FMT_DOUBLE = 0x200;

    private const string Library = "pdh.dll";

    [LibraryImport(Library)]
    internal static partial int PdhOpenQueryW(char* source, nuint user, nint* query);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial int PdhAddEnglishCounterW(PerformanceQueryHandle query, string path, nuint user, nint* counter);

    [LibraryImport(Library)]
    internal static partial int PdhCollectQueryData(PerformanceQueryHandle query);

    [LibraryImport(Library)]
    internal static partial int PdhGetFormattedCounterValue(nint counter, uint format, uint* type, PDH_FMT_COUNTERVALUE* value);

    [LibraryImport(Library)]
    internal static partial int PdhGetFormattedCounterArrayW(nint counter, uint format, uint* size, uint* count, byte* items);

    [LibraryImport(Library)]
    internal static partial int PdhCloseQuery(nint query);
}

/// <summary>A query of performance counters; closing it closes its counters.</summary>
[SupportedOSPlatform("windows")]
internal sealed class PerformanceQueryHandle : SafeHandle
{
    internal PerformanceQueryHandle(nint opened)
        : base(invalidHandleValue: 0, ownsHandle: true) => handle = opened;

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Pdh.PdhCloseQuery(handle) == 0;
}

/// <summary>struct PDH_FMT_COUNTERVALUE (pdh.h), with the doubleValue arm of its union.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PDH_FMT_COUNTERVALUE
{
    internal uint CStatus;
    internal double doubleValue;
}

/// <summary>struct PDH_FMT_COUNTERVALUE_ITEM_W (pdh.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PDH_FMT_COUNTERVALUE_ITEM_W
{
    internal nint szName;
    internal PDH_FMT_COUNTERVALUE FmtValue;
}
