using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sonde.Interop.Windows;

/// <summary>An adapter opened through wpcap.dll, without blocking: the frames of one buffer at a time, in place.</summary>
/// <remarks>
/// pcap_dispatch walks through one bufferful and calls back for every frame in it; only where the frames lie is noted. Npcap does not touch that
/// buffer before a dispatch that finds it used up, so the frames can be read in place until then. libpcap in general promises no more than that a
/// frame lasts until the next call: of another library one frame at a time is taken. One thread receives, one sends.
/// </remarks>
[SupportedOSPlatform("windows")]
internal sealed unsafe class PcapDevice : IDisposable
{
    // A bufferful holds up to 3,200 of the shortest frames; the rest of it comes with the next dispatch, without a system call.
    private const int Capacity = 1024;

    // MAXIMUM_SNAPLEN: no frame is longer.
    private const uint MaximumLength = 262_144;

    private readonly Wpcap _library;
    private readonly PcapHandle _handle;
    private readonly Place[] _places = GC.AllocateArray<Place>(Capacity, pinned: true);
    private readonly Sink[] _sink = GC.AllocateArray<Sink>(1, pinned: true);
    private readonly WaitHandle[] _stopOnly = new WaitHandle[1];
    private readonly WaitHandle[] _stopAndFrames = new WaitHandle[2];
    private readonly EventWaitHandle? _event;
    private readonly int _atOnce;

    private PcapDevice(Wpcap library, PcapHandle handle, bool nanoseconds)
    {
        _library = library;
        _handle = handle;
        HasNanoseconds = nanoseconds;
        _atOnce = library.IsNpcap ? Capacity : 1;
        using PcapHandle.Use use = handle.Hold();
        LinkType = library.pcap_datalink(use.Pcap);
        nint frames = library.pcap_getevent == null ? 0 : library.pcap_getevent(use.Pcap);
        if (frames is not (0 or -1))
        {
            // The event belongs to the library, which closes it with the device; it is waited for only while the device is open.
            _event = new EventWaitHandle(initialState: false, EventResetMode.AutoReset);
            _event.SafeWaitHandle.Dispose();
            _event.SafeWaitHandle = new SafeWaitHandle(frames, ownsHandle: false);
            _stopAndFrames[1] = _event;
        }
    }

    /// <summary>What frames begin with, as a DLT_ number.</summary>
    internal int LinkType { get; }

    /// <summary>Whether frames have times to the nanosecond.</summary>
    internal bool HasNanoseconds { get; }

    /// <summary>Whether the driver wakes a wait when there are frames; otherwise they must be looked for from time to time.</summary>
    internal bool HasEvent => _event is not null;

    /// <summary>Whether frames can be handed to the driver many at a time.</summary>
    internal bool HasSendQueue => _library.HasSendQueue;

    /// <summary>How many frames the last <see cref="Fill"/> found.</summary>
    internal int Count => _sink[0].Count;

    /// <summary>A frame of the last <see cref="Fill"/>.</summary>
    internal PcapFrame this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            ref readonly Place place = ref _places[index];
            bool plausible = place.Data != 0 && place.Captured <= MaximumLength && place.Captured <= place.Wire;

            // SAFETY: libpcap said that so many bytes lie there, and does not touch them before the next dispatch; the device is open (its user
            // does not receive and close at once).
            return new PcapFrame
            {
                IsPlausible = plausible,
                Data = plausible ? new ReadOnlySpan<byte>((void*)place.Data, (int)place.Captured) : default,
                WireLength = place.Wire,
                Seconds = place.Seconds,
                Fraction = place.Fraction,
            };
        }
    }

    /// <summary>Opens an adapter by its name of the kind \Device\NPF_{GUID}.</summary>
    /// <exception cref="PcapException">The library refused.</exception>
    internal static PcapDevice Open(Wpcap library, string device, PcapSettings settings)
    {
        byte* error = stackalloc byte[Wpcap.PCAP_ERRBUF_SIZE];
        error[0] = 0;
        nint pcap;
        fixed (byte* name = Encoding.UTF8.GetBytes(device + '\0'))
        {
            // SAFETY: the name ends with a zero, the buffer has the size that libpcap documents.
            pcap = library.pcap_create(name, error);
        }

        if (pcap == 0)
        {
            throw new PcapException("pcap_create", Wpcap.PCAP_ERROR, OrCode(Wpcap.ReadText(error), Wpcap.PCAP_ERROR));
        }

        var handle = new PcapHandle(library, pcap);
        bool opened = false;
        try
        {
            bool nanoseconds;
            using (PcapHandle.Use use = handle.Hold())
            {
                nanoseconds = Activate(library, use.Pcap, settings);
            }

            var made = new PcapDevice(library, handle, nanoseconds);
            opened = true;
            return made;
        }
        finally
        {
            if (!opened)
            {
                handle.Dispose();
            }
        }
    }

    /// <summary>Gives the driver a program of classic BPF; frames that an earlier one let pass are forgotten.</summary>
    /// <param name="instructions">struct bpf_insn after struct bpf_insn, of 8 bytes each.</param>
    /// <exception cref="PcapException">The library refused.</exception>
    internal void SetFilter(ReadOnlySpan<byte> instructions)
    {
        using PcapHandle.Use use = _handle.Hold();
        fixed (byte* start = instructions)
        {
            // SAFETY: the program is copied by the call, and holds as many instructions as its length says.
            bpf_program program = new() { bf_len = (uint)(instructions.Length / 8), bf_insns = (nint)start };
            Check("pcap_setfilter", use.Pcap, _library.pcap_setfilter(use.Pcap, &program));
        }
    }

    /// <summary>Looks for frames without waiting; those of the last time are gone.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="PcapException">The library failed.</exception>
    internal int Fill()
    {
        using PcapHandle.Use use = _handle.Hold();
        ref Sink sink = ref _sink[0];
        sink.Count = 0;
        sink.Places = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_places));

        // SAFETY: both arrays are pinned and live as long as this; the callback writes no more than Capacity places and runs only inside of the call.
        int result = _library.pcap_dispatch(use.Pcap, _atOnce, &OnFrame, (nint)Unsafe.AsPointer(ref sink));
        if (result < 0 && result != Wpcap.PCAP_ERROR_BREAK)
        {
            sink.Count = 0;
            Check("pcap_dispatch", use.Pcap, result);
        }

        return sink.Count;
    }

    /// <summary>Sleeps until the driver tells of frames, the stop is signalled, or the time is over.</summary>
    /// <returns>Whether it was the stop.</returns>
    internal bool WaitForStop(WindowsStopSignal stop, int milliseconds)
    {
        WaitHandle[] handles = _event is null ? _stopOnly : _stopAndFrames;
        handles[0] = stop.Waitable;

        // Of several that are signalled the first wins: the stop.
        return WaitHandle.WaitAny(handles, milliseconds) == 0;
    }

    /// <summary>The driver's counts since the device was opened, modulo 2^32.</summary>
    /// <exception cref="PcapException">The library failed.</exception>
    internal pcap_stat ReadCounts()
    {
        using PcapHandle.Use use = _handle.Hold();
        pcap_stat counts = default;
        Check("pcap_stats", use.Pcap, _library.pcap_stats(use.Pcap, &counts));
        return counts;
    }

    /// <summary>Sends one frame.</summary>
    /// <exception cref="PcapException">The driver did not take it.</exception>
    internal void Send(ReadOnlySpan<byte> frame)
    {
        using PcapHandle.Use use = _handle.Hold();
        fixed (byte* start = frame)
        {
            // SAFETY: the driver reads frame.Length bytes during the call.
            Check("pcap_sendpacket", use.Pcap, _library.pcap_sendpacket(use.Pcap, start, frame.Length));
        }
    }

    /// <summary>Hands the frames of a queue to the driver, without the pauses that their times would ask for.</summary>
    /// <param name="queue">A queue that is not empty.</param>
    /// <param name="reason">Why fewer bytes were sent than there are, in the library's words; null when all were.</param>
    /// <returns>How many bytes of the queue were sent, headers among them.</returns>
    internal uint Transmit(PcapSendQueue queue, out string? reason)
    {
        using PcapHandle.Use use = _handle.Hold();
        uint sent = queue.Transmit(use.Pcap, out uint queued);
        reason = sent < queued ? OrCode(Wpcap.ReadText(_library.pcap_geterr(use.Pcap)), Wpcap.PCAP_ERROR) : null;
        return sent;
    }

    /// <summary>A queue for <see cref="Transmit"/>.</summary>
    /// <exception cref="PcapException">There is no memory for it.</exception>
    internal PcapSendQueue CreateQueue(int size) => PcapSendQueue.Allocate(_library, size);

    /// <summary>Ends a dispatch that runs; may be called from any thread, and does nothing once the device is closed.</summary>
    internal void Break()
    {
        if (_handle.IsClosed)
        {
            return;
        }

        using PcapHandle.Use use = _handle.Hold();
        _library.pcap_breakloop(use.Pcap);
    }

    public void Dispose()
    {
        _handle.Dispose();
        _event?.Dispose();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFrame(nint user, pcap_pkthdr* header, byte* data)
    {
        // SAFETY: user is the sink that Fill gave, whose places have room for Capacity.
        Sink* sink = (Sink*)user;
        if (sink->Count < Capacity)
        {
            ((Place*)sink->Places)[sink->Count++] = new Place
            {
                Data = (nint)data,
                Captured = header->caplen,
                Wire = header->len,
                Seconds = (uint)header->tv_sec,
                Fraction = (uint)header->tv_usec,
            };
        }
    }

    private static bool Activate(Wpcap library, nint pcap, PcapSettings settings)
    {
        Check(library, "pcap_set_snaplen", pcap, library.pcap_set_snaplen(pcap, settings.SnapLength));
        Check(library, "pcap_set_promisc", pcap, library.pcap_set_promisc(pcap, settings.Promiscuous ? 1 : 0));
        Check(library, "pcap_set_timeout", pcap, library.pcap_set_timeout(pcap, settings.TimeoutMilliseconds));
        Check(library, "pcap_set_buffer_size", pcap, library.pcap_set_buffer_size(pcap, settings.BufferSize));
        if (settings.Immediate)
        {
            if (library.pcap_set_immediate_mode == null)
            {
                throw new PcapException("pcap_set_immediate_mode", Wpcap.PCAP_ERROR, $"{library.Path} lacks the function: it is older than libpcap 1.5");
            }

            Check(library, "pcap_set_immediate_mode", pcap, library.pcap_set_immediate_mode(pcap, 1));
        }

        // The default clock of the driver is not synchronised with the host's. Where it has no other one, or no nanoseconds, that is no failure.
        if (library.pcap_set_tstamp_type != null)
        {
            library.pcap_set_tstamp_type(pcap, Wpcap.PCAP_TSTAMP_HOST_HIPREC);
        }

        if (library.pcap_set_tstamp_precision != null)
        {
            library.pcap_set_tstamp_precision(pcap, Wpcap.PCAP_TSTAMP_PRECISION_NANO);
        }

        // Above zero are remarks on a device that was opened (PCAP_WARNING_…).
        Check(library, "pcap_activate", pcap, library.pcap_activate(pcap));

        // Only after activation: the flag is the driver's.
        byte* error = stackalloc byte[Wpcap.PCAP_ERRBUF_SIZE];
        error[0] = 0;
        int result = library.pcap_setnonblock(pcap, 1, error);
        if (result < 0)
        {
            throw new PcapException("pcap_setnonblock", result, OrCode(Wpcap.ReadText(error), result));
        }

        return library.pcap_get_tstamp_precision != null && library.pcap_get_tstamp_precision(pcap) == Wpcap.PCAP_TSTAMP_PRECISION_NANO;
    }

    private static void Check(Wpcap library, string operation, nint pcap, int result)
    {
        if (result < 0)
        {
            throw new PcapException(operation, result, OrCode(Wpcap.ReadText(library.pcap_geterr(pcap)), result));
        }
    }

    // Some results say everything, and the library adds no words.
    private static string OrCode(string text, int result) => text.Length > 0
        ? text
        : result switch
        {
            Wpcap.PCAP_ERROR_NO_SUCH_DEVICE => "no such device",
            Wpcap.PCAP_ERROR_PERM_DENIED => "no permission to capture on that device",
            Wpcap.PCAP_ERROR_IFACE_NOT_UP => "the interface is not up",
            Wpcap.PCAP_ERROR_PROMISC_PERM_DENIED => "no permission to capture in promiscuous mode on that device",
            _ => $"result {result}",
        };

    private void Check(string operation, nint pcap, int result) => Check(_library, operation, pcap, result);

    // Where a frame lies, and its header's numbers.
    private struct Place
    {
        internal nint Data;
        internal uint Captured;
        internal uint Wire;
        internal uint Seconds;
        internal uint Fraction;
    }

    // What the callback is given: the places, and how many of them are taken.
    private struct Sink
    {
        internal nint Places;
        internal int Count;
    }
}
