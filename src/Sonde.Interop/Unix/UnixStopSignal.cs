using System.Runtime.Versioning;

namespace Sonde.Interop.Unix;

/// <summary>A stop made of descriptors: one to wait on, one to write to (the same one for an eventfd).</summary>
[UnsupportedOSPlatform("windows")]
internal abstract class UnixStopSignal(FileDescriptor waitable, FileDescriptor writable) : StopSignal
{
    /// <summary>Readable once the stop is signalled.</summary>
    internal FileDescriptor Waitable => waitable;

    internal override unsafe void Signal()
    {
        ulong one = 1;

        // SAFETY: eight bytes of a local; an eventfd wants exactly eight and a pipe takes them.
        while (LibC.write(writable, (byte*)&one, sizeof(ulong)) < 0)
        {
            NativeError error = NativeError.LastErrno();
            if (error.Code != LibC.EINTR)
            {
                // EAGAIN: an earlier signal is still unread, so the wait ends anyway.
                return;
            }
        }
    }

    internal override bool Wait(TimeSpan timeout) => Poller.Wait(waitable, stop: null, timeout) != WaitResult.TimedOut;

    private protected override void DisposeCore()
    {
        waitable.Dispose();
        writable.Dispose();
    }
}
