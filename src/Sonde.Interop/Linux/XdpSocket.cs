using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>A socket of the express data path (AF_XDP): frames of one receive queue in memory of this process, and frames out of it.</summary>
/// <remarks>
/// Receives what an XDP program of the interface redirects to it. One thread may receive while another sends. The first half of the frames is for
/// receiving, the second for sending.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class XdpSocket : IDisposable
{
    /// <summary>Room for one frame: a page, the most that the kernel gives without special pages.</summary>
    internal const int FrameSize = 4096;

    private const int PageSize = 4096;

    private readonly FileDescriptor _fd;
    private readonly byte[] _memory; // pinned, and kept until the kernel has let go of it
    private readonly int _start;
    private readonly int _half;
    private readonly XdpRing<ulong> _fill;
    private readonly XdpRing<ulong> _completion;
    private readonly XdpRing<xdp_desc> _receive;
    private readonly XdpRing<xdp_desc> _send;
    private readonly Stack<ulong> _unsent;

    private XdpSocket(FileDescriptor fd, byte[] memory, int start, int half)
    {
        _fd = fd;
        _memory = memory;
        _start = start;
        _half = half;
        xdp_mmap_offsets offsets = Get<xdp_mmap_offsets>(Xdp.XDP_MMAP_OFFSETS, "getsockopt(XDP_MMAP_OFFSETS)");
        var mapped = new List<IDisposable>();
        try
        {
            mapped.Add(_fill = XdpRing<ulong>.Map(fd, Xdp.XDP_UMEM_PGOFF_FILL_RING, offsets.fr, half));
            mapped.Add(_completion = XdpRing<ulong>.Map(fd, Xdp.XDP_UMEM_PGOFF_COMPLETION_RING, offsets.cr, half));
            mapped.Add(_receive = XdpRing<xdp_desc>.Map(fd, Xdp.XDP_PGOFF_RX_RING, offsets.rx, half));
            mapped.Add(_send = XdpRing<xdp_desc>.Map(fd, Xdp.XDP_PGOFF_TX_RING, offsets.tx, half));
        }
        catch
        {
            mapped.ForEach(static ring => ring.Dispose());
            throw;
        }

        _unsent = new Stack<ulong>(half);
        for (int frame = 0; frame < half; frame++)
        {
            _fill.Put(frame, (ulong)frame * FrameSize);
            _unsent.Push((ulong)(half + frame) * FrameSize);
        }

        _fill.Produce(half);
    }

    internal FileDescriptor Descriptor => _fd;

    /// <summary>Whether the card reads and writes this process's memory itself.</summary>
    internal bool IsZeroCopy => (Get<uint>(Xdp.XDP_OPTIONS, "getsockopt(XDP_OPTIONS)") & Xdp.XDP_OPTIONS_ZEROCOPY) != 0;

    /// <summary>How many frames wait.</summary>
    internal int Waiting => _receive.Waiting;

    /// <summary>How many frames are queued that the kernel has not taken yet.</summary>
    internal int Unsent => _send.Waiting;

    internal xdp_statistics Statistics => Get<xdp_statistics>(Xdp.XDP_STATISTICS, "getsockopt(XDP_STATISTICS)");

    /// <summary>Opens a socket with memory for frames.</summary>
    /// <param name="frames">How many for each direction: a power of two.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static unsafe XdpSocket Open(int frames)
    {
        FileDescriptor fd = LibC.socket(Xdp.AF_XDP, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, 0);
        try
        {
            if (fd.IsInvalid)
            {
                throw new NativeException("socket(AF_XDP)", NativeError.LastErrno());
            }

            int length = 2 * frames * FrameSize;
            byte[] memory = GC.AllocateUninitializedArray<byte>(length + PageSize, pinned: true);

            // SAFETY: only the address is taken; the array is pinned for good and lives as long as the socket that is told of it.
            nuint address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0);
            int start = (int)((nuint)PageSize - (address % PageSize)) % PageSize;
            var request = new xdp_umem_reg { addr = address + (nuint)start, len = (ulong)length, chunk_size = FrameSize };
            Set(fd, Xdp.XDP_UMEM_REG, request, "setsockopt(XDP_UMEM_REG)");
            Set(fd, Xdp.XDP_UMEM_FILL_RING, frames, "setsockopt(XDP_UMEM_FILL_RING)");
            Set(fd, Xdp.XDP_UMEM_COMPLETION_RING, frames, "setsockopt(XDP_UMEM_COMPLETION_RING)");
            Set(fd, Xdp.XDP_RX_RING, frames, "setsockopt(XDP_RX_RING)");
            Set(fd, Xdp.XDP_TX_RING, frames, "setsockopt(XDP_TX_RING)");
            return new XdpSocket(fd, memory, start, frames);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>Binds the socket to a queue; the kernel takes zero copy when the driver has it.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal unsafe void Bind(int interfaceIndex, int queue)
    {
        var address = new sockaddr_xdp { sxdp_family = Xdp.AF_XDP, sxdp_ifindex = (uint)interfaceIndex, sxdp_queue_id = (uint)queue };

        // SAFETY: the address is a local of the size that is given.
        if (LibC.bind(_fd, &address, (uint)sizeof(sockaddr_xdp)) != 0)
        {
            throw new NativeException("bind(AF_XDP)", NativeError.LastErrno());
        }
    }

    /// <summary>A frame that waits, counted from the first; readable until it is released.</summary>
    internal Span<byte> Frame(int ahead)
    {
        xdp_desc place = _receive.Peek(ahead);

        // What the kernel wrote is believed only inside our memory.
        return place.addr <= (ulong)_half * FrameSize && place.len <= FrameSize - (place.addr % FrameSize)
            ? _memory.AsSpan(_start + (int)place.addr, (int)place.len)
            : default;
    }

    /// <summary>Gives back the frames that came first.</summary>
    internal void Release(int count)
    {
        for (int frame = 0; frame < count; frame++)
        {
            // The place names where the frame began; the kernel wants where its room begins.
            _fill.Put(frame, _receive.Peek(frame).addr & ~((ulong)FrameSize - 1));
        }

        _receive.Consume(count);
        _fill.Produce(count);
    }

    /// <summary>Copies a frame to where it will be sent from; <see cref="TryKick"/> sends it.</summary>
    /// <returns><see langword="false"/> when there is no room for now.</returns>
    internal bool TryQueue(ReadOnlySpan<byte> frame)
    {
        int done = _completion.Waiting;
        for (int one = 0; one < done; one++)
        {
            _unsent.Push(_completion.Peek(one));
        }

        _completion.Consume(done);
        if (_send.Free == 0 || !_unsent.TryPop(out ulong place))
        {
            return false;
        }

        frame.CopyTo(_memory.AsSpan(_start + (int)place, FrameSize));
        _send.Put(0, new xdp_desc { addr = place, len = (uint)frame.Length });
        _send.Produce(1);
        return true;
    }

    /// <summary>Has the kernel send what is queued.</summary>
    internal unsafe bool TryKick(out NativeError error)
    {
        // SAFETY: nothing is read: a length of zero only wakes the kernel.
        bool done = LibC.send(_fd, null, 0, LibC.MSG_DONTWAIT) >= 0;
        error = done ? default : NativeError.LastErrno();
        return done;
    }

    /// <summary>Takes the error that waits at the socket; 0 when there is none.</summary>
    internal unsafe int TakeError()
    {
        int error = 0;
        uint length = sizeof(int);

        // SAFETY: four bytes of a local.
        return LibC.getsockopt(_fd, LibC.SOL_SOCKET, LibC.SO_ERROR, &error, &length) == 0
            ? error
            : throw new NativeException("getsockopt(SO_ERROR)", NativeError.LastErrno());
    }

    public void Dispose()
    {
        _fill.Dispose();
        _completion.Dispose();
        _receive.Dispose();
        _send.Dispose();
        _fd.Dispose();
        GC.KeepAlive(_memory);
    }

    private static unsafe void Set<T>(FileDescriptor fd, int option, T value, string operation)
        where T : unmanaged
    {
        // SAFETY: the value is a local of the size that is given.
        if (LibC.setsockopt(fd, Xdp.SOL_XDP, option, (void*)&value, (uint)sizeof(T)) != 0)
        {
            throw new NativeException(operation, NativeError.LastErrno());
        }
    }

    private unsafe T Get<T>(int option, string operation)
        where T : unmanaged
    {
        T value = default;
        uint length = (uint)sizeof(T);

        // SAFETY: the kernel writes at most the length that is given.
        return LibC.getsockopt(_fd, Xdp.SOL_XDP, option, (void*)&value, &length) == 0
            ? value
            : throw new NativeException(operation, NativeError.LastErrno());
    }
}
