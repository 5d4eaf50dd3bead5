using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Sonde.Interop.Windows;

/// <summary>The two rings of an adapter. Packets are spans into them; nothing here copies, blocks or throws.</summary>
/// <remarks>
/// Ending it takes the rings and their locks away at once, whoever is inside: its owner disposes it only when nobody is, and when every
/// packet was given back. One thread receives; any may release, allocate and send.
/// </remarks>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WintunSession : SafeHandle
{
    private readonly Wintun _library;
    private readonly WintunAdapter _adapter;

    /// <summary>Takes over a session and one reference to its adapter.</summary>
    internal WintunSession(Wintun library, WintunAdapter adapter, nint session, nint readEvent)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        _library = library;
        _adapter = adapter;
        SetHandle(session);
        ReadEvent = new BorrowedEvent(readEvent);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Set by the driver when packets have come, and when it ends; one wait takes the signal, so receive until there is nothing.</summary>
    internal WaitHandle ReadEvent { get; }

    /// <summary>Takes the next packet, without waiting.</summary>
    /// <param name="packet">The packet, in the ring, until <see cref="Release"/>.</param>
    /// <param name="token">Names it.</param>
    /// <param name="error">ERROR_NO_MORE_ITEMS, ERROR_HANDLE_EOF or ERROR_INVALID_DATA when there is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReceive(out ReadOnlySpan<byte> packet, out nint token, out int error)
    {
        uint size;

        // SAFETY: the session lives (see above); size is a local. The error is read before anything else runs.
        byte* slot = _library.WintunReceivePacket(handle, &size);
        if (slot == null)
        {
            error = Marshal.GetLastSystemError();
            token = 0;
            packet = default;
            return false;
        }

        // SAFETY: the library has checked the size against the ring, and the slot stays until it is released.
        packet = new ReadOnlySpan<byte>(slot, (int)Math.Min(size, Wintun.MaxPacketSize));
        token = (nint)slot;
        error = 0;
        return true;
    }

    /// <summary>Gives a packet's place back. Room comes free in the order of receiving: one that is kept holds all behind it.</summary>
    internal void Release(nint token) => _library.WintunReleaseReceivePacket(handle, (byte*)token);

    /// <summary>Takes room for one packet.</summary>
    /// <param name="length">At most <see cref="Wintun.MaxPacketSize"/>: the library does not check it.</param>
    /// <param name="room">The room, until <see cref="Send"/>.</param>
    /// <param name="token">Names it.</param>
    /// <param name="error">ERROR_BUFFER_OVERFLOW or ERROR_HANDLE_EOF when there is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryAllocate(int length, out Span<byte> room, out nint token, out int error)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Wintun.MaxPacketSize, nameof(length));

        // SAFETY: the session lives (see above), the length was checked.
        byte* slot = _library.WintunAllocateSendPacket(handle, (uint)length);
        if (slot == null)
        {
            error = Marshal.GetLastSystemError();
            token = 0;
            room = default;
            return false;
        }

        room = new Span<byte>(slot, length);
        token = (nint)slot;
        error = 0;
        return true;
    }

    /// <summary>Hands an allocated packet over. There is no way to give room back: what is not to be sent is sent as no packet.</summary>
    internal void Send(nint token) => _library.WintunSendPacket(handle, (byte*)token);

    /// <summary>Room that was allocated, once more.</summary>
    // SAFETY: the caller's token and length are those of TryAllocate, and it has not been sent.
    internal static Span<byte> RoomOf(nint token, int length) => new((byte*)token, length);

    // SAFETY: nobody is inside (see above).
    protected override bool ReleaseHandle()
    {
        _library.WintunEndSession(handle);
        _adapter.DangerousRelease();
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ReadEvent.Dispose(); // borrowed: only our own object ends
        }

        base.Dispose(disposing);
    }

    /// <summary>An event that belongs to the session.</summary>
    private sealed class BorrowedEvent : WaitHandle
    {
        internal BorrowedEvent(nint handle) => SafeWaitHandle = new SafeWaitHandle(handle, ownsHandle: false);
    }
}
