using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Link.MacOS;

/// <content>The way out: one frame in each write.</content>
internal sealed partial class MacOSFrameDevice
{
    private volatile bool _keepsSourceAddress;
    private bool _foundDown;

    private enum Sending
    {
        Accepted,
        Full,
        Refused,
    }

    public override bool TrySend(ReadOnlySpan<byte> frame) => Write(frame, out LinkException? refusal) switch
    {
        Sending.Accepted => true,
        Sending.Full => false,
        _ => throw refusal!, // there is one whenever a frame is refused
    };

    public override int Send(FrameSendBatch batch, int start = 0)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, batch.Count);
        for (int at = start; at < batch.Count; at++)
        {
            switch (Write(batch[at], out LinkException? refusal))
            {
                case Sending.Full:
                // Told when the caller comes back with this frame as the first one: those before it were sent.
                case Sending.Refused when at > start:
                    return at - start;

                case Sending.Refused:
                    throw refusal!; // there is one whenever a frame is refused
            }
        }

        return batch.Count - start;
    }

    private Sending Write(ReadOnlySpan<byte> frame, out LinkException? refusal)
    {
        ObjectDisposedException.ThrowIf(_device.IsClosed, this);
        refusal = null;
        if (frame.IsEmpty)
        {
            // The kernel says yes to nothing and sends nothing.
            refusal = new LinkException(LinkFailure.System, "write", Name, 0, "a frame of no bytes cannot be sent");
            return Sending.Refused;
        }

        bool isWritten = _device.TryWrite(frame, out int count, out NativeError error);

        // Some drivers do not take a header as it is given: then the interface's address stands in it, and Backend says so.
        if (!isWritten && error.Code == Darwin.EAFNOSUPPORT && _keepsSourceAddress && _device.TrySet(LibSystem.BIOCSHDRCMPLT, 0, out _))
        {
            _keepsSourceAddress = false;
            isWritten = _device.TryWrite(frame, out count, out error);
        }

        if (!isWritten)
        {
            return Refuse(error, out refusal);
        }

        _foundDown = false;
        if (count != frame.Length)
        {
            refusal = new LinkException(LinkFailure.System, "write", Name, 0, $"the system took {count} of the frame's {frame.Length} bytes");
            return Sending.Refused;
        }

        Volatile.Write(ref _sent, _sent + 1);
        return Sending.Accepted;
    }

    private Sending Refuse(NativeError error, out LinkException? refusal)
    {
        refusal = null;
        if (MacOSLinkErrors.IsFull(error.Code))
        {
            Volatile.Write(ref _sendRefusals, _sendRefusals + 1);
            return Sending.Full;
        }

        // Receiving, nobody is told: only a frame that cannot be sent shows that an interface is down.
        if (error.Code == Darwin.ENETDOWN && !_foundDown)
        {
            _foundDown = true;
            Volatile.Write(ref _interfaceDowns, _interfaceDowns + 1);
        }

        refusal = MacOSLinkErrors.Exception("write", Name, error);
        return Sending.Refused;
    }
}
