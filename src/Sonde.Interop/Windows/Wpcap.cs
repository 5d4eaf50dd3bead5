using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

// pcap/pcap.h and Win32-Extensions.h of libpcap, as Npcap ships it.

/// <summary>The functions of one wpcap.dll, bound from the file at a path: Npcap is not in the search path, and never shipped with Sonde.</summary>
/// <remarks>Loaded once a path and never unloaded: the driver's library starts threads of its own.</remarks>
[SupportedOSPlatform("windows")]
internal sealed unsafe class Wpcap
{
    internal const string FileName = "wpcap.dll";

    /// <summary>The library below, which wpcap.dll imports.</summary>
    internal const string PacketFileName = "Packet.dll";

    internal const int PCAP_ERRBUF_SIZE = 256;
    internal const int PCAP_ERROR = -1;
    internal const int PCAP_ERROR_BREAK = -2;
    internal const int PCAP_ERROR_NO_SUCH_DEVICE = -5;
    internal const int PCAP_ERROR_PERM_DENIED = -8;
    internal const int PCAP_ERROR_IFACE_NOT_UP = -9;
    internal const int PCAP_ERROR_PROMISC_PERM_DENIED = -11;

    internal const int PCAP_TSTAMP_HOST_HIPREC = 2;
    internal const int PCAP_TSTAMP_PRECISION_NANO = 1;
    private const uint PCAP_CHAR_ENC_UTF_8 = 1;

    // There in every libpcap since 1.0.
    internal readonly delegate* unmanaged[Cdecl]<byte*, byte*, nint> pcap_create;
    internal readonly delegate* unmanaged[Cdecl]<nint, int, int> pcap_set_snaplen;
    internal readonly delegate* unmanaged[Cdecl]<nint, int, int> pcap_set_promisc;
    internal readonly delegate* unmanaged[Cdecl]<nint, int, int> pcap_set_timeout;
    internal readonly delegate* unmanaged[Cdecl]<nint, int, int> pcap_set_buffer_size;
    internal readonly delegate* unmanaged[Cdecl]<nint, int> pcap_activate;
    internal readonly delegate* unmanaged[Cdecl]<nint, void> pcap_close;
    internal readonly delegate* unmanaged[Cdecl]<nint, byte*> pcap_geterr;
    internal readonly delegate* unmanaged[Cdecl]<nint, int> pcap_datalink;
    internal readonly delegate* unmanaged[Cdecl]<nint, int, byte*, int> pcap_setnonblock;
    internal readonly delegate* unmanaged[Cdecl]<nint, int, delegate* unmanaged[Cdecl]<nint, pcap_pkthdr*, byte*, void>, nint, int> pcap_dispatch;
    internal readonly delegate* unmanaged[Cdecl]<nint, bpf_program*, int> pcap_setfilter;
    internal readonly delegate* unmanaged[Cdecl]<nint, pcap_stat*, int> pcap_stats;
    internal readonly delegate* unmanaged[Cdecl]<nint, byte*, int, int> pcap_sendpacket;
    internal readonly delegate* unmanaged[Cdecl]<nint, void> pcap_breakloop;

    // Newer ones, and those of Windows alone: null where the library lacks them.
    internal readonly delegate* unmanaged[Cdecl]<nint, int, int> pcap_set_immediate_mode;
    internal readonly delegate* unmanaged[Cdecl]<nint, int, int> pcap_set_tstamp_type;
    internal readonly delegate* unmanaged[Cdecl]<nint, int, int> pcap_set_tstamp_precision;
    internal readonly delegate* unmanaged[Cdecl]<nint, int> pcap_get_tstamp_precision;
    internal readonly delegate* unmanaged[Cdecl]<nint, nint> pcap_getevent;
    internal readonly delegate* unmanaged[Cdecl]<uint, pcap_send_queue*> pcap_sendqueue_alloc;
    internal readonly delegate* unmanaged[Cdecl]<pcap_send_queue*, void> pcap_sendqueue_destroy;
    internal readonly delegate* unmanaged[Cdecl]<pcap_send_queue*, pcap_pkthdr*, byte*, int> pcap_sendqueue_queue;
    internal readonly delegate* unmanaged[Cdecl]<nint, pcap_send_queue*, int, uint> pcap_sendqueue_transmit;

    private static readonly Lock s_lock = new();
    private static readonly Dictionary<string, Wpcap> s_loaded = new(StringComparer.OrdinalIgnoreCase);

    private Wpcap(nint library, string path, IReadOnlyCollection<string> without)
    {
        pcap_create = (delegate* unmanaged[Cdecl]<byte*, byte*, nint>)Required(nameof(pcap_create));
        pcap_set_snaplen = (delegate* unmanaged[Cdecl]<nint, int, int>)Required(nameof(pcap_set_snaplen));
        pcap_set_promisc = (delegate* unmanaged[Cdecl]<nint, int, int>)Required(nameof(pcap_set_promisc));
        pcap_set_timeout = (delegate* unmanaged[Cdecl]<nint, int, int>)Required(nameof(pcap_set_timeout));
        pcap_set_buffer_size = (delegate* unmanaged[Cdecl]<nint, int, int>)Required(nameof(pcap_set_buffer_size));
        pcap_activate = (delegate* unmanaged[Cdecl]<nint, int>)Required(nameof(pcap_activate));
        pcap_close = (delegate* unmanaged[Cdecl]<nint, void>)Required(nameof(pcap_close));
        pcap_geterr = (delegate* unmanaged[Cdecl]<nint, byte*>)Required(nameof(pcap_geterr));
        pcap_datalink = (delegate* unmanaged[Cdecl]<nint, int>)Required(nameof(pcap_datalink));
        pcap_setnonblock = (delegate* unmanaged[Cdecl]<nint, int, byte*, int>)Required(nameof(pcap_setnonblock));
        pcap_dispatch = (delegate* unmanaged[Cdecl]<nint, int, delegate* unmanaged[Cdecl]<nint, pcap_pkthdr*, byte*, void>, nint, int>)Required(nameof(pcap_dispatch));
        pcap_setfilter = (delegate* unmanaged[Cdecl]<nint, bpf_program*, int>)Required(nameof(pcap_setfilter));
        pcap_stats = (delegate* unmanaged[Cdecl]<nint, pcap_stat*, int>)Required(nameof(pcap_stats));
        pcap_sendpacket = (delegate* unmanaged[Cdecl]<nint, byte*, int, int>)Required(nameof(pcap_sendpacket));
        pcap_breakloop = (delegate* unmanaged[Cdecl]<nint, void>)Required(nameof(pcap_breakloop));

        pcap_set_immediate_mode = (delegate* unmanaged[Cdecl]<nint, int, int>)Optional(nameof(pcap_set_immediate_mode));
        pcap_set_tstamp_type = (delegate* unmanaged[Cdecl]<nint, int, int>)Optional(nameof(pcap_set_tstamp_type));
        pcap_set_tstamp_precision = (delegate* unmanaged[Cdecl]<nint, int, int>)Optional(nameof(pcap_set_tstamp_precision));
        pcap_get_tstamp_precision = (delegate* unmanaged[Cdecl]<nint, int>)Optional(nameof(pcap_get_tstamp_precision));
        pcap_getevent = (delegate* unmanaged[Cdecl]<nint, nint>)Optional(nameof(pcap_getevent));
        pcap_sendqueue_alloc = (delegate* unmanaged[Cdecl]<uint, pcap_send_queue*>)Optional(nameof(pcap_sendqueue_alloc));
        pcap_sendqueue_destroy = (delegate* unmanaged[Cdecl]<pcap_send_queue*, void>)Optional(nameof(pcap_sendqueue_destroy));
        pcap_sendqueue_queue = (delegate* unmanaged[Cdecl]<pcap_send_queue*, pcap_pkthdr*, byte*, int>)Optional(nameof(pcap_sendqueue_queue));
        pcap_sendqueue_transmit = (delegate* unmanaged[Cdecl]<nint, pcap_send_queue*, int, uint>)Optional(nameof(pcap_sendqueue_transmit));

        HasSendQueue = pcap_sendqueue_alloc != null && pcap_sendqueue_destroy != null && pcap_sendqueue_queue != null && pcap_sendqueue_transmit != null;
        Path = path;

        nint Required(string name) => NativeLibrary.TryGetExport(library, name, out nint function)
            ? function
            : throw new NativeException($"GetProcAddress({name})", Win32.Error(Win32.ERROR_PROC_NOT_FOUND), $"{path} lacks the function {name}");

        nint Optional(string name) => !without.Contains(name) && NativeLibrary.TryGetExport(library, name, out nint function) ? function : 0;
    }

    /// <summary>The file it was loaded from.</summary>
    internal string Path { get; }

    /// <summary>What the library says about itself ("Npcap version 1.79, based on libpcap version 1.10.4"), null when it says nothing.</summary>
    internal string? Version { get; private set; }

    /// <summary>Whether it is Npcap's, by its own word: WinPcap's and Wine's have the same functions.</summary>
    internal bool IsNpcap => Version is not null && Version.StartsWith("Npcap", StringComparison.Ordinal);

    /// <summary>Whether frames can be had one by one, at once.</summary>
    internal bool HasImmediateMode => pcap_set_immediate_mode != null;

    /// <summary>Whether frames can be handed to the driver many at a time.</summary>
    internal bool HasSendQueue { get; }

    /// <summary>Loads Packet.dll and wpcap.dll of a folder.</summary>
    /// <param name="folder">The folder, by its full path.</param>
    /// <param name="needsPacket">Whether Packet.dll must be beside it; Wine's own wpcap.dll has none.</param>
    /// <param name="without">Optional functions to be treated as missing, where a library has them only in name.</param>
    /// <exception cref="NativeException">A file is missing, cannot be loaded, or lacks a function.</exception>
    internal static Wpcap Load(string folder, bool needsPacket, IReadOnlyCollection<string> without)
    {
        string path = System.IO.Path.Combine(folder, FileName);
        string key = $"{path}|{string.Join(',', without)}";
        lock (s_lock)
        {
            if (s_loaded.TryGetValue(key, out Wpcap? loaded))
            {
                return loaded;
            }

            // First, so that the import of wpcap.dll finds this one and not a Packet.dll that an older WinPcap left in System32.
            if (needsPacket && File.Exists(path))
            {
                LoadFile(System.IO.Path.Combine(folder, PacketFileName));
            }

            nint library = LoadFile(path);
            loaded = new Wpcap(library, path, without);
            loaded.Begin(library);
            s_loaded.Add(key, loaded);
            return loaded;
        }
    }

    /// <summary>The text at an address, up to its zero, at most as long as libpcap writes errors.</summary>
    internal static string ReadText(byte* text)
    {
        if (text == null)
        {
            return string.Empty;
        }

        // SAFETY: libpcap ends its texts within PCAP_ERRBUF_SIZE; no byte behind the zero is looked at.
        int length = 0;
        while (length < PCAP_ERRBUF_SIZE && text[length] != 0)
        {
            length++;
        }

        return System.Text.Encoding.UTF8.GetString(text, length).Trim();
    }

    private static nint LoadFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new NativeException($"LoadLibrary({path})", Win32.Error(Win32.ERROR_MOD_NOT_FOUND), $"{path} does not exist");
        }

        try
        {
            return NativeLibrary.Load(path, Assembly.GetExecutingAssembly(), DllImportSearchPath.UseDllDirectoryForDependencies | DllImportSearchPath.System32);
        }
        catch (DllNotFoundException refused)
        {
            // The loader's own words name the file and the error: a library that it imports, say.
            throw new NativeException($"LoadLibrary({path})", Win32.Error(Win32.ERROR_MOD_NOT_FOUND), refused.Message);
        }
        catch (BadImageFormatException refused)
        {
            throw new NativeException($"LoadLibrary({path})", Win32.Error(Win32.ERROR_BAD_EXE_FORMAT), refused.Message);
        }
    }

    // Errors and names are in the system's code page unless the library is told otherwise, which it can be since 1.10.
    private void Begin(nint library)
    {
        if (NativeLibrary.TryGetExport(library, "pcap_init", out nint init))
        {
            byte* error = stackalloc byte[PCAP_ERRBUF_SIZE];

            // SAFETY: the buffer has the size that libpcap documents. A refusal leaves the code page as it is.
            ((delegate* unmanaged[Cdecl]<uint, byte*, int>)init)(PCAP_CHAR_ENC_UTF_8, error);
        }

        if (NativeLibrary.TryGetExport(library, "pcap_lib_version", out nint version))
        {
            // SAFETY: the function gives a text that lives as long as the library.
            string text = ReadText(((delegate* unmanaged[Cdecl]<byte*>)version)());
            Version = text.Length == 0 ? null : text;
        }
    }
}

/// <summary>struct pcap_pkthdr (pcap/pcap.h): <c>long</c> has 32 bits on Windows, so the times have too and all of it 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct pcap_pkthdr
{
    internal int tv_sec;
    internal int tv_usec; // nanoseconds where that precision was set
    internal uint caplen;
    internal uint len;
}

/// <summary>struct bpf_program (pcap/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_program
{
    internal uint bf_len;
    internal nint bf_insns;
}

/// <summary>struct pcap_stat (pcap/pcap.h): with three fields more on Windows, which pcap_stats leaves alone.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct pcap_stat
{
    internal uint ps_recv;
    internal uint ps_drop;
    internal uint ps_ifdrop;
    internal uint ps_capt;
    internal uint ps_sent;
    internal uint ps_netdrop;
}

/// <summary>struct pcap_send_queue (Win32-Extensions.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct pcap_send_queue
{
    internal uint maxlen;
    internal uint len;
    internal nint buffer;
}
