using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

// evntrace.h and evntcons.h: event tracing. Since Windows 8.1 sechost.dll has the functions, and advapi32.dll only passes them on.
[SupportedOSPlatform("windows")]
internal static unsafe partial class SecHost
{
    internal const string Library = "sechost.dll";

    internal const uint EVENT_TRACE_USE_MS_FLUSH_TIMER = 0x0000_0010;
    internal const uint EVENT_TRACE_REAL_TIME_MODE = 0x0000_0100;
    internal const uint EVENT_TRACE_INDEPENDENT_SESSION_MODE = 0x0800_0000;

    internal const uint EVENT_TRACE_CONTROL_QUERY = 0;
    internal const uint EVENT_TRACE_CONTROL_STOP = 1;

    internal const uint EVENT_CONTROL_CODE_ENABLE_PROVIDER = 1;

    internal const uint PROCESS_TRACE_MODE_REAL_TIME = 0x0000_0100;
    internal const uint PROCESS_TRACE_MODE_RAW_TIMESTAMP = 0x0000_1000;
    internal const uint PROCESS_TRACE_MODE_EVENT_RECORD = 0x1000_0000;

    internal const uint WNODE_FLAG_TRACED_GUID = 0x0002_0000;

    /// <summary>WNODE_HEADER.ClientContext: stamp events by QueryPerformanceCounter.</summary>
    internal const uint ClockIsPerformanceCounter = 1;

    internal const ulong INVALID_PROCESSTRACE_HANDLE = ulong.MaxValue;

    // The functions return their Win32 error.
    [LibraryImport(Library)]
    internal static partial int StartTraceW(ulong* session, char* name, EVENT_TRACE_PROPERTIES* properties);

    [LibraryImport(Library)]
    internal static partial int ControlTraceW(ulong session, char* name, EVENT_TRACE_PROPERTIES* properties, uint command);

    [LibraryImport(Library)]
    internal static partial int QueryAllTracesW(EVENT_TRACE_PROPERTIES** properties, uint room, uint* count);

    [LibraryImport(Library)]
    internal static partial int EnableTraceEx2(ulong session, Guid* provider, uint command, byte level, ulong anyKeyword, ulong allKeywords, uint timeout, void* parameters);

    // Returns INVALID_PROCESSTRACE_HANDLE and sets the last error.
    [LibraryImport(Library, SetLastError = true)]
    internal static partial ulong OpenTraceW(EVENT_TRACE_LOGFILEW* source);

    [LibraryImport(Library)]
    internal static partial int ProcessTrace(ulong* traces, uint count, void* start, void* end);

    [LibraryImport(Library)]
    internal static partial int CloseTrace(ulong trace);
}

/// <summary>struct WNODE_HEADER (wmistr.h): its unions by the members that tracing uses.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WNODE_HEADER
{
    internal uint BufferSize;
    internal uint ProviderId;
    internal ulong HistoricalContext;
    internal long TimeStamp;
    internal Guid Guid;
    internal uint ClientContext;
    internal uint Flags;
}

/// <summary>struct EVENT_TRACE_PROPERTIES (evntrace.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EVENT_TRACE_PROPERTIES
{
    internal WNODE_HEADER Wnode;
    internal uint BufferSize; // in KiB
    internal uint MinimumBuffers;
    internal uint MaximumBuffers;
    internal uint MaximumFileSize;
    internal uint LogFileMode;
    internal uint FlushTimer; // in ms with EVENT_TRACE_USE_MS_FLUSH_TIMER
    internal uint EnableFlags;
    internal int AgeLimit;
    internal uint NumberOfBuffers;
    internal uint FreeBuffers;
    internal uint EventsLost;
    internal uint BuffersWritten;
    internal uint LogBuffersLost;
    internal uint RealTimeBuffersLost;
    internal nint LoggerThreadId;
    internal uint LogFileNameOffset;
    internal uint LoggerNameOffset;
}

/// <summary>struct EVENT_TRACE_LOGFILEW (evntrace.h): what a consumer sets, at its places; the system fills the rest in.</summary>
[StructLayout(LayoutKind.Explicit, Size = 448)]
internal struct EVENT_TRACE_LOGFILEW
{
    [FieldOffset(0)] internal nint LogFileName;
    [FieldOffset(8)] internal nint LoggerName;
    [FieldOffset(28)] internal uint ProcessTraceMode;
    [FieldOffset(400)] internal nint BufferCallback;
    [FieldOffset(416)] internal uint EventsLost;
    [FieldOffset(424)] internal nint EventRecordCallback;
    [FieldOffset(440)] internal nint Context;
}

/// <summary>struct EVENT_DESCRIPTOR (evntprov.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EVENT_DESCRIPTOR
{
    internal ushort Id;
    internal byte Version;
    internal byte Channel;
    internal byte Level;
    internal byte Opcode;
    internal ushort Task;
    internal ulong Keyword;
}

/// <summary>struct EVENT_HEADER (evntcons.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EVENT_HEADER
{
    internal ushort Size;
    internal ushort HeaderType;
    internal ushort Flags;
    internal ushort EventProperty;
    internal uint ThreadId;
    internal uint ProcessId;
    internal long TimeStamp;
    internal Guid ProviderId;
    internal EVENT_DESCRIPTOR EventDescriptor;
    internal ulong ProcessorTime;
    internal Guid ActivityId;
}

/// <summary>struct EVENT_RECORD (evntcons.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EVENT_RECORD
{
    internal EVENT_HEADER EventHeader;
    internal uint BufferContext;
    internal ushort ExtendedDataCount;
    internal ushort UserDataLength;
    internal nint ExtendedData;
    internal nint UserData;
    internal nint UserContext;
}
