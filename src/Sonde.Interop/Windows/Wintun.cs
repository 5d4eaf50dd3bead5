using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

// The functions of wintun.dll since 0.14, as its makers document them.

/// <summary>The functions of one wintun.dll, bound from the file at a path: the driver's library is never shipped with Sonde, and never searched for.</summary>
/// <remarks>Loaded once a path and never unloaded: the driver's library may call its logger from threads of its own.</remarks>
[SupportedOSPlatform("windows")]
internal sealed unsafe class Wintun
{
    internal const string FileName = "wintun.dll";

    internal const int MaxPacketSize = 0xFFFF;

    internal readonly delegate* unmanaged[Stdcall]<nint, void> WintunCloseAdapter;
    internal readonly delegate* unmanaged[Stdcall]<nint, void> WintunEndSession;
    internal readonly delegate* unmanaged[Stdcall]<nint, uint*, byte*> WintunReceivePacket;
    internal readonly delegate* unmanaged[Stdcall]<nint, byte*, void> WintunReleaseReceivePacket;
    internal readonly delegate* unmanaged[Stdcall]<nint, uint, byte*> WintunAllocateSendPacket;
    internal readonly delegate* unmanaged[Stdcall]<nint, byte*, void> WintunSendPacket;

    private static readonly Lock s_lock = new();
    private static readonly Dictionary<string, Wintun> s_loaded = new(StringComparer.OrdinalIgnoreCase);

    private readonly delegate* unmanaged[Stdcall]<char*, char*, Guid*, nint> _createAdapter;
    private readonly delegate* unmanaged[Stdcall]<char*, nint> _openAdapter;
    private readonly delegate* unmanaged[Stdcall]<nint, ulong*, void> _getAdapterLuid;
    private readonly delegate* unmanaged[Stdcall]<uint> _getRunningDriverVersion;
    private readonly delegate* unmanaged[Stdcall]<nint, uint, nint> _startSession;
    private readonly delegate* unmanaged[Stdcall]<nint, nint> _getReadWaitEvent;

    private Wintun(nint library, string path)
    {
        Path = path;

        // Before 0.14 functions of the same names took other arguments: calling them would be a crash.
        if (NativeLibrary.TryGetExport(library, "WintunFreeAdapter", out _) || !NativeLibrary.TryGetExport(library, nameof(WintunCloseAdapter), out _))
        {
            throw new NativeException($"LoadLibrary({path})", Win32.Error(Win32.ERROR_PROC_NOT_FOUND), "it is no Wintun of version 0.14 or later");
        }

        WintunCloseAdapter = (delegate* unmanaged[Stdcall]<nint, void>)Required(nameof(WintunCloseAdapter));
        WintunEndSession = (delegate* unmanaged[Stdcall]<nint, void>)Required(nameof(WintunEndSession));
        WintunReceivePacket = (delegate* unmanaged[Stdcall]<nint, uint*, byte*>)Required(nameof(WintunReceivePacket));
        WintunReleaseReceivePacket = (delegate* unmanaged[Stdcall]<nint, byte*, void>)Required(nameof(WintunReleaseReceivePacket));
        WintunAllocateSendPacket = (delegate* unmanaged[Stdcall]<nint, uint, byte*>)Required(nameof(WintunAllocateSendPacket));
        WintunSendPacket = (delegate* unmanaged[Stdcall]<nint, byte*, void>)Required(nameof(WintunSendPacket));
        _createAdapter = (delegate* unmanaged[Stdcall]<char*, char*, Guid*, nint>)Required("WintunCreateAdapter");
        _openAdapter = (delegate* unmanaged[Stdcall]<char*, nint>)Required("WintunOpenAdapter");
        _getAdapterLuid = (delegate* unmanaged[Stdcall]<nint, ulong*, void>)Required("WintunGetAdapterLUID");
        _getRunningDriverVersion = (delegate* unmanaged[Stdcall]<uint>)Required("WintunGetRunningDriverVersion");
        _startSession = (delegate* unmanaged[Stdcall]<nint, uint, nint>)Required("WintunStartSession");
        _getReadWaitEvent = (delegate* unmanaged[Stdcall]<nint, nint>)Required("WintunGetReadWaitEvent");

        // SAFETY: the function has lived as long as the process, and takes null for "no logger".
        ((delegate* unmanaged[Stdcall]<delegate* unmanaged[Stdcall]<int, ulong, char*, void>, void>)Required("WintunSetLogger"))(WintunLog.Callback);

        nint Required(string name) => NativeLibrary.TryGetExport(library, name, out nint function)
            ? function
            : throw new NativeException($"GetProcAddress({name})", Win32.Error(Win32.ERROR_PROC_NOT_FOUND), $"{path} lacks it");
    }

    /// <summary>The file it was loaded from.</summary>
    internal string Path { get; }

    /// <summary>Loads the library from a file.</summary>
    /// <param name="path">The file, by its full path.</param>
    /// <exception cref="NativeException">The file is missing, cannot be loaded, or is no Wintun of 0.14 or later.</exception>
    internal static Wintun Load(string path)
    {
        lock (s_lock)
        {
            if (!s_loaded.TryGetValue(path, out Wintun? loaded))
            {
                loaded = new Wintun(LoadFile(path), path);
                s_loaded.Add(path, loaded);
            }

            return loaded;
        }
    }

    /// <summary>The version of the driver that runs, 0.14 as 0x0000000E; null when none is loaded (it is with the first adapter).</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal uint? ReadDriverVersion()
    {
        // SAFETY: takes nothing and keeps nothing. The error is read before anything else runs, here and below.
        uint version = _getRunningDriverVersion();
        int error = Marshal.GetLastSystemError();
        return version != 0 ? version
            : error is Win32.ERROR_FILE_NOT_FOUND or Win32.ERROR_SUCCESS ? null
            : throw new NativeException("WintunGetRunningDriverVersion", Win32.Error(error));
    }

    /// <summary>Makes an adapter, which ends with the handle or with the process. May take long: the driver is installed when it is not yet.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal WintunAdapter CreateAdapter(string name, string type, Guid id)
    {
        WintunLog.Clear();
        nint adapter;
        int error;
        fixed (char* adapterName = name)
        fixed (char* tunnelType = type)
        {
            // SAFETY: .NET's strings end with a zero, and all three live until the call returns.
            adapter = _createAdapter(adapterName, tunnelType, &id);
            error = Marshal.GetLastSystemError();
        }

        return adapter != 0 ? new WintunAdapter(this, adapter) : throw Refusal("WintunCreateAdapter", error);
    }

    /// <summary>Opens an adapter that another handle made; null when there is none of that name.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal WintunAdapter? OpenAdapter(string name)
    {
        WintunLog.Clear();
        nint adapter;
        int error;
        fixed (char* adapterName = name)
        {
            // SAFETY: as above.
            adapter = _openAdapter(adapterName);
            error = Marshal.GetLastSystemError();
        }

        return adapter != 0 ? new WintunAdapter(this, adapter)
            : error is Win32.ERROR_NOT_FOUND or Win32.ERROR_FILE_NOT_FOUND ? null
            : throw Refusal("WintunOpenAdapter", error);
    }

    internal ulong ReadLuid(nint adapter)
    {
        ulong luid = 0;

        // SAFETY: writes one LUID, a local; the caller holds the adapter.
        _getAdapterLuid(adapter, &luid);
        return luid;
    }

    internal nint StartSession(nint adapter, uint capacity, out nint readEvent)
    {
        WintunLog.Clear();

        // SAFETY: the caller holds the adapter.
        nint session = _startSession(adapter, capacity);
        int error = Marshal.GetLastSystemError();
        if (session == 0)
        {
            throw Refusal("WintunStartSession", error);
        }

        // SAFETY: the session has just been made.
        readEvent = _getReadWaitEvent(session);
        return session;
    }

    private static nint LoadFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new NativeException($"LoadLibrary({path})", Win32.Error(Win32.ERROR_MOD_NOT_FOUND), "the file does not exist");
        }

        try
        {
            // What it imports itself is the system's.
            return NativeLibrary.Load(path, Assembly.GetExecutingAssembly(), DllImportSearchPath.System32);
        }
        catch (DllNotFoundException refused)
        {
            throw new NativeException($"LoadLibrary({path})", Win32.Error(Win32.ERROR_MOD_NOT_FOUND), refused.Message);
        }
        catch (BadImageFormatException refused)
        {
            // The library for another processor, or no library.
            throw new NativeException($"LoadLibrary({path})", Win32.Error(Win32.ERROR_BAD_EXE_FORMAT), refused.Message);
        }
    }

    private static NativeException Refusal(string operation, int error) => new(operation, Win32.Error(error), WintunLog.TakeWorst());
}
