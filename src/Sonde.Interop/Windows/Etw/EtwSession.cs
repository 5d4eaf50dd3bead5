using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows.Etw;

/// <summary>A real-time trace of our own: started, listened to on a thread of its own, and stopped when it is disposed.</summary>
/// <remarks>
/// The system keeps a trace until somebody stops it, also when the program that began it is gone, and has room for 64 in all. So its name ends with the
/// process id and a number within the process, and a new one first stops those of processes that are no more.
/// </remarks>
[SupportedOSPlatform("windows")]
internal sealed unsafe class EtwSession : IDisposable
{
    // Names of 1024 characters and more room behind the struct than it needs: newer systems write more and fail with ERROR_MORE_DATA.
    private const int NameBytes = 2 * 1024;
    private const int PropertiesBytes = 1024;
    private const int AllBytes = PropertiesBytes + (2 * NameBytes);
    private const uint MostSessions = 128;
    private const int ERROR_CANCELLED = 1223;

    private static int s_count;

    private readonly IEtwConsumer _consumer;
    private readonly Lock _lock = new();
    private readonly byte[] _properties = GC.AllocateArray<byte>(AllBytes, pinned: true);
    private readonly Thread _thread;

    // TRACEHANDLE and PROCESSTRACE_HANDLE are numbers of 64 bits, which no SafeHandle holds everywhere; they stay inside of this class.
    private ulong _session;
    private ulong _trace = SecHost.INVALID_PROCESSTRACE_HANDLE;
    private GCHandle _self;
    private Exception? _failure;
    private EtwLosses _losses;
    private bool _isStopped;

    private EtwSession(IEtwConsumer consumer)
    {
        _consumer = consumer;
        _thread = new Thread(trace => Process((ulong)trace!)) { IsBackground = true, Name = "event trace" }; // Start gives it
    }

    /// <summary>Begins a trace. Everything that the providers write after it returns is told, or counted as lost.</summary>
    /// <param name="name">What the trace is called; process id and number are added.</param>
    /// <param name="settings">How much it holds.</param>
    /// <param name="providers">Whom to listen to.</param>
    /// <param name="consumer">Takes what is told.</param>
    /// <exception cref="NativeException">The system refused: ERROR_ACCESS_DENIED to who is neither elevated nor in the group Performance Log Users.</exception>
    internal static EtwSession Start(string name, EtwSettings settings, IReadOnlyList<EtwProvider> providers, IEtwConsumer consumer)
    {
        var session = new EtwSession(consumer);
        try
        {
            StopOrphans(name + ".");
            session.Begin(string.Create(CultureInfo.InvariantCulture, $"{name}.{Environment.ProcessId}.{Interlocked.Increment(ref s_count)}"), settings);
            foreach (EtwProvider provider in providers)
            {
                session.Enable(provider);
            }

            session.Open();
            session._thread.Start(session._trace);
            return session;
        }
        catch (TypeLoadException missing) when (Win32.IsMissing(missing))
        {
            session.Dispose();
            throw Win32.Missing("StartTrace", missing);
        }
        catch (NativeException)
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>What is lost by now, as far as the system tells.</summary>
    internal EtwLosses ReadLosses()
    {
        lock (_lock)
        {
            if (!_isStopped && Control(_session, null, SecHost.EVENT_TRACE_CONTROL_QUERY) == Win32.ERROR_SUCCESS)
            {
                ref readonly EVENT_TRACE_PROPERTIES told = ref Properties(_properties);
                _losses = new EtwLosses(
                    told.EventsLost,
                    (long)told.RealTimeBuffersLost + told.LogBuffersLost,
                    (int)Math.Min(told.NumberOfBuffers - Math.Min(told.FreeBuffers, told.NumberOfBuffers), int.MaxValue),
                    (int)Math.Min(told.MaximumBuffers, int.MaxValue));
            }

            return _losses;
        }
    }

    /// <summary>Stops the trace and waits until its consumer has taken what was told.</summary>
    public void Dispose()
    {
        Stop();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        if (_self.IsAllocated)
        {
            _self.Free();
        }
    }

    private static ref EVENT_TRACE_PROPERTIES Properties(Span<byte> memory) => ref MemoryMarshal.AsRef<EVENT_TRACE_PROPERTIES>(memory);

    private static void Prepare(Span<byte> memory)
    {
        memory.Clear();
        ref EVENT_TRACE_PROPERTIES properties = ref Properties(memory);
        properties.Wnode.BufferSize = AllBytes;
        properties.Wnode.Flags = SecHost.WNODE_FLAG_TRACED_GUID;
        properties.Wnode.ClientContext = SecHost.ClockIsPerformanceCounter;
        properties.LoggerNameOffset = PropertiesBytes;
        properties.LogFileNameOffset = PropertiesBytes + NameBytes;
    }

    // Whose process has ended nobody listens to. What cannot be found out, or stopped, stays: then the next start may say that there is no room.
    private static void StopOrphans(string prefix)
    {
        byte[] memory = GC.AllocateArray<byte>(AllBytes * (int)MostSessions, pinned: true);
        var sessions = new EVENT_TRACE_PROPERTIES*[MostSessions];
        uint count = 0;
        fixed (byte* start = memory)
        fixed (EVENT_TRACE_PROPERTIES** table = sessions)
        {
            for (int index = 0; index < MostSessions; index++)
            {
                Prepare(memory.AsSpan(index * AllBytes, AllBytes));
                table[index] = (EVENT_TRACE_PROPERTIES*)(start + (index * AllBytes));
            }

            // SAFETY: each entry says itself how much room it has, and the table how many there are; both stay where they are for the call.
            if (SecHost.QueryAllTracesW(table, MostSessions, &count) is not (Win32.ERROR_SUCCESS or Win32.ERROR_MORE_DATA))
            {
                return;
            }
        }

        for (int index = 0; index < Math.Min(count, MostSessions); index++)
        {
            Span<byte> entry = memory.AsSpan(index * AllBytes, AllBytes);
            string name = NameOf(entry);
            if (name.StartsWith(prefix, StringComparison.Ordinal) && TryReadPid(name.AsSpan(prefix.Length), out int pid) && IsGone(pid))
            {
                StopByName(name);
            }
        }
    }

    private static string NameOf(ReadOnlySpan<byte> entry)
    {
        uint offset = NativeStruct.ReadPrefix<EVENT_TRACE_PROPERTIES>(entry).LoggerNameOffset;
        return offset >= entry.Length ? string.Empty : new EtwPayload(entry[(int)offset..]).ReadWideText();
    }

    private static bool TryReadPid(ReadOnlySpan<char> ending, out int pid)
    {
        int dot = ending.IndexOf('.');
        pid = 0;
        return dot >= 0 && int.TryParse(ending[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out pid);
    }

    private static bool IsGone(int pid)
    {
        int status = ProcessHandle.Open(pid, NtDll.PROCESS_QUERY_LIMITED_INFORMATION, out ProcessHandle? process);
        process?.Dispose();
        return status == NtStatus.STATUS_INVALID_CID;
    }

    private static int StopByName(string name)
    {
        byte[] memory = GC.AllocateArray<byte>(AllBytes, pinned: true);
        Prepare(memory);
        fixed (byte* properties = memory)
        fixed (char* text = name)
        {
            // SAFETY: the properties say how much room they have; a string of .NET ends with a zero.
            return SecHost.ControlTraceW(0, text, (EVENT_TRACE_PROPERTIES*)properties, SecHost.EVENT_TRACE_CONTROL_STOP);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static void OnEvent(EVENT_RECORD* record)
    {
        // SAFETY: the record lives for this call, and its context is the handle that Open gave, which outlives the thread that calls here.
        if (record->UserContext != 0 && GCHandle.FromIntPtr(record->UserContext).Target is EtwSession session)
        {
            session.Take(record);
        }
    }

    // Called behind the events of each buffer. 0 ends the reading.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static uint OnBuffer(EVENT_TRACE_LOGFILEW* source) =>
        // SAFETY: as above.
        GCHandle.FromIntPtr(source->Context).Target is EtwSession { _failure: null } ? 1u : 0u;

    private void Begin(string name, EtwSettings settings)
    {
        int error = TryBegin(name, settings);
        if (error == Win32.ERROR_ALREADY_EXISTS)
        {
            // Of a process that had our id before, and cannot be alive: no two of this one have the same number.
            StopByName(name);
            error = TryBegin(name, settings);
        }

        if (error != Win32.ERROR_SUCCESS)
        {
            throw new NativeException($"StartTrace({name})", Win32.Error(error));
        }

        Name = name;
    }

    /// <summary>What the system calls the trace.</summary>
    internal string Name { get; private set; } = string.Empty;

    private int TryBegin(string name, EtwSettings settings)
    {
        Prepare(_properties);
        ref EVENT_TRACE_PROPERTIES properties = ref Properties(_properties);
        properties.BufferSize = (uint)settings.BufferKilobytes;
        properties.MinimumBuffers = (uint)settings.MinimumBuffers;
        properties.MaximumBuffers = (uint)settings.MaximumBuffers;
        properties.FlushTimer = (uint)settings.FlushMilliseconds;

        // Independent: one full buffer of one processor then loses that processor's events alone, not those of all.
        properties.LogFileMode = SecHost.EVENT_TRACE_REAL_TIME_MODE | SecHost.EVENT_TRACE_INDEPENDENT_SESSION_MODE | SecHost.EVENT_TRACE_USE_MS_FLUSH_TIMER;
        fixed (byte* memory = _properties)
        fixed (char* text = name)
        fixed (ulong* session = &_session)
        {
            // SAFETY: the properties say how much room they have; a string of .NET ends with a zero.
            int error = SecHost.StartTraceW(session, text, (EVENT_TRACE_PROPERTIES*)memory);
            _isStopped = error != Win32.ERROR_SUCCESS;
            return error;
        }
    }

    private void Enable(EtwProvider provider)
    {
        Guid id = provider.Id;

        // SAFETY: the id lives on the stack for the call; no parameters are given.
        int error = SecHost.EnableTraceEx2(_session, &id, SecHost.EVENT_CONTROL_CODE_ENABLE_PROVIDER, EtwProvider.Level, provider.Keywords, 0, 0, null);
        if (error != Win32.ERROR_SUCCESS)
        {
            throw new NativeException($"EnableTraceEx2({provider.Id:B})", Win32.Error(error));
        }
    }

    private void Open()
    {
        _self = GCHandle.Alloc(this);
        EVENT_TRACE_LOGFILEW source = default;
        source.ProcessTraceMode = SecHost.PROCESS_TRACE_MODE_REAL_TIME | SecHost.PROCESS_TRACE_MODE_EVENT_RECORD | SecHost.PROCESS_TRACE_MODE_RAW_TIMESTAMP;
        source.EventRecordCallback = (nint)(delegate* unmanaged[Stdcall]<EVENT_RECORD*, void>)&OnEvent;
        source.BufferCallback = (nint)(delegate* unmanaged[Stdcall]<EVENT_TRACE_LOGFILEW*, uint>)&OnBuffer;
        source.Context = GCHandle.ToIntPtr(_self);
        fixed (char* name = Name)
        {
            // SAFETY: the struct has the size that evntrace.h gives it; the name is needed for the call only.
            source.LoggerName = (nint)name;
            _trace = SecHost.OpenTraceW(&source);
        }

        if (_trace == SecHost.INVALID_PROCESSTRACE_HANDLE)
        {
            throw new NativeException($"OpenTrace({Name})", NativeError.LastWin32());
        }
    }

    private void Process(ulong trace)
    {
        // SAFETY: one handle, and no times; the callbacks' context outlives this thread, which Dispose waits for.
        int error = SecHost.ProcessTrace(&trace, 1, null, null);
        Exception? failure = _failure;
        lock (_lock)
        {
            if (failure is null && !_isStopped)
            {
                failure = error is Win32.ERROR_SUCCESS or ERROR_CANCELLED
                    ? new NativeException($"ProcessTrace({Name})", Win32.Error(Win32.ERROR_WMI_INSTANCE_NOT_FOUND), "another program stopped the trace")
                    : new NativeException($"ProcessTrace({Name})", Win32.Error(error));
                _isStopped = error == Win32.ERROR_SUCCESS; // its number may be another trace's by the time we are disposed
            }
        }

        _consumer.End(failure);
    }

    private void Take(EVENT_RECORD* record)
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            // SAFETY: the system says how long the payload is; where it gives none the span is empty.
            var payload = new ReadOnlySpan<byte>((void*)record->UserData, record->UserData == 0 ? 0 : record->UserDataLength);
            ref readonly EVENT_HEADER header = ref record->EventHeader;
            _consumer.Take(new EtwRecord(header.ProviderId, header.EventDescriptor.Id, header.EventDescriptor.Version, header.TimeStamp, payload));
        }
        catch (Exception failure)
        {
            // The system called: no exception may pass through its code. The end of the trace tells it.
            _failure = failure;
        }
    }

    private int Control(ulong session, string? name, uint command)
    {
        Prepare(_properties);
        fixed (byte* memory = _properties)
        fixed (char* text = name)
        {
            // SAFETY: the properties say how much room they have.
            return SecHost.ControlTraceW(session, text, (EVENT_TRACE_PROPERTIES*)memory, command);
        }
    }

    // What the buffers hold is still told after this, then ProcessTrace returns.
    private void Stop()
    {
        ulong trace;
        lock (_lock)
        {
            trace = _trace;
            _trace = SecHost.INVALID_PROCESSTRACE_HANDLE;
            if (Name.Length > 0 && !_isStopped)
            {
                _isStopped = true;
                Control(_session, null, SecHost.EVENT_TRACE_CONTROL_STOP);
            }
        }

        if (trace != SecHost.INVALID_PROCESSTRACE_HANDLE)
        {
            // ERROR_CTX_CLOSE_PENDING is its success while the thread still reads.
            _ = SecHost.CloseTrace(trace);
        }
    }
}
