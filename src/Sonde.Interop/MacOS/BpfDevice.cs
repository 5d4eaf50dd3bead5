using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.MacOS;

/// <summary>A packet capture device /dev/bpfN: nothing but its calls, each with the error that it gave.</summary>
/// <remarks>One thread reads and one writes; requests may come from any thread. Each interrupted call is made again.</remarks>
[SupportedOSPlatform("macos")]
internal sealed class BpfDevice : IDisposable
{
    /// <summary>macOS makes no more of them (debug.bpf_maxdevices).</summary>
    internal const int MaxDevices = 256;

    private readonly FileDescriptor _fd;

    private BpfDevice(FileDescriptor fd) => _fd = fd;

    /// <summary>Readable when frames wait.</summary>
    internal FileDescriptor Descriptor => _fd;

    internal bool IsClosed => _fd.IsClosed;

    internal static string PathOf(int number) => $"/dev/bpf{number}";

    /// <summary>Opens the device for reading and writing and closes it again.</summary>
    internal static bool TryOpen(int number, out NativeError error)
    {
        using BpfDevice? device = Open(number, out error);
        return device is not null;
    }

    /// <summary>Opens the device for reading and writing, neither of which will block.</summary>
    /// <returns>Null with the error when the system refused.</returns>
    internal static BpfDevice? Open(int number, out NativeError error)
    {
        while (true)
        {
            FileDescriptor fd = LibSystem.open(PathOf(number), LibSystem.O_RDWR | LibSystem.O_NONBLOCK | LibSystem.O_CLOEXEC);
            if (!fd.IsInvalid)
            {
                error = default;
                return new BpfDevice(fd);
            }

            error = NativeError.LastDarwinErrno();
            fd.Dispose();
            if (error.Code != Darwin.EINTR)
            {
                return null;
            }
        }
    }

    /// <summary>Makes a request that takes a number.</summary>
    internal bool TrySet(uint request, uint value, out NativeError error) => LibSystem.TryIoctl(_fd, request, ref value, out error);

    /// <summary>Makes a request that takes a number and gives one: BIOCSBLEN writes back what was granted.</summary>
    internal bool TryExchange(uint request, ref uint value, out NativeError error) => LibSystem.TryIoctl(_fd, request, ref value, out error);

    /// <summary>Makes a request that gives a number.</summary>
    internal bool TryGet(uint request, out uint value, out NativeError error)
    {
        value = 0;
        return LibSystem.TryIoctl(_fd, request, ref value, out error);
    }

    /// <summary>BIOCSETIF: from now on the device shows the frames of this interface.</summary>
    internal bool TryAttach(ReadOnlySpan<byte> interfaceName, out NativeError error)
    {
        ifreq request = default;
        return InterfaceQueries.TryName(interfaceName, out request.ifr_name, out error)
            && LibSystem.TryIoctl(_fd, LibSystem.BIOCSETIF, ref request, out error);
    }

    /// <summary>BIOCSETF: replaces the filter and forgets all frames that wait, at one stroke.</summary>
    internal unsafe bool TrySetFilter(ReadOnlySpan<bpf_insn> program, out NativeError error)
    {
        fixed (bpf_insn* instructions = program)
        {
            // SAFETY: the instructions are pinned while the kernel copies them, and their true number is given.
            var request = new bpf_program { bf_len = (uint)program.Length, bf_insns = instructions };
            return LibSystem.TryIoctl(_fd, LibSystem.BIOCSETF, ref request, out error);
        }
    }

    /// <summary>BIOCSRTIMEOUT: how long frames wait in a buffer that is not full before a wait for the device ends.</summary>
    internal bool TrySetReadTimeout(TimeSpan timeout, out NativeError error)
    {
        var value = new timeval
        {
            tv_sec = timeout.Ticks / TimeSpan.TicksPerSecond,
            tv_usec = (int)(timeout.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond),
        };
        return LibSystem.TryIoctl(_fd, LibSystem.BIOCSRTIMEOUT, ref value, out error);
    }

    /// <summary>BIOCGSTATS.</summary>
    internal bool TryGetStatistics(out bpf_stat statistics, out NativeError error)
    {
        statistics = default;
        return LibSystem.TryIoctl(_fd, LibSystem.BIOCGSTATS, ref statistics, out error);
    }

    /// <summary>Reads what waits. <paramref name="buffer"/> must be exactly as long as BIOCGBLEN says.</summary>
    internal unsafe bool TryRead(Span<byte> buffer, out int count, out NativeError error)
    {
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                // SAFETY: the buffer is pinned and its true length is given.
                nint result = LibSystem.read(_fd, bytes, (nuint)buffer.Length);
                if (result >= 0)
                {
                    count = (int)result;
                    error = default;
                    return true;
                }

                error = NativeError.LastDarwinErrno();
                if (error.Code != Darwin.EINTR)
                {
                    count = 0;
                    return false;
                }
            }
        }
    }

    /// <summary>Sends one frame.</summary>
    internal unsafe bool TryWrite(ReadOnlySpan<byte> frame, out int count, out NativeError error)
    {
        fixed (byte* bytes = frame)
        {
            while (true)
            {
                // SAFETY: the frame is pinned and its true length is given.
                nint result = LibSystem.write(_fd, bytes, (nuint)frame.Length);
                if (result >= 0)
                {
                    count = (int)result;
                    error = default;
                    return true;
                }

                error = NativeError.LastDarwinErrno();
                if (error.Code != Darwin.EINTR)
                {
                    count = 0;
                    return false;
                }
            }
        }
    }

    public void Dispose() => _fd.Dispose();
}
