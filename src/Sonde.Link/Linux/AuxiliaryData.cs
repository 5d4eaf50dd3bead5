using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>What recvmsg told beside a frame.</summary>
internal struct AuxiliaryData
{
    /// <summary>Room for all that is asked for: tpacket_auxdata, one timespec, three timespecs, a header each.</summary>
    internal const int MaxSize = 256;

    private const int HeaderSize = 16;
    private const int RawHardwareOffset = 32; // the third of the times

    /// <summary>Whether the packet layer told anything.</summary>
    internal bool HasPacket;

    internal tpacket_auxdata Packet;

    /// <summary>The frame's time, in nanoseconds.</summary>
    internal long Time;

    /// <summary>Whose time it is.</summary>
    internal FrameClock Clock;

    /// <summary>Reads the control messages of one frame; what is torn or unknown is left out.</summary>
    internal static AuxiliaryData Parse(ReadOnlySpan<byte> control)
    {
        var told = default(AuxiliaryData);
        while (NativeStruct.TryRead(control, out cmsghdr header))
        {
            if (header.cmsg_len < HeaderSize || header.cmsg_len > (nuint)control.Length)
            {
                break;
            }

            int length = (int)header.cmsg_len;
            told.Take(header, control[HeaderSize..length]);
            control = control[Math.Min((length + 7) & ~7, control.Length)..];
        }

        return told;
    }

    private void Take(cmsghdr header, ReadOnlySpan<byte> data)
    {
        switch (header.cmsg_level, header.cmsg_type)
        {
            case (Interop.Linux.Packet.SOL_PACKET, Interop.Linux.Packet.PACKET_AUXDATA):
                HasPacket = NativeStruct.TryRead(data, out Packet);
                break;
            case (Interop.Linux.Packet.SOL_SOCKET, Interop.Linux.Packet.SO_TIMESTAMPNS):
                TakeTime(data, FrameClock.Kernel);
                break;
            case (Interop.Linux.Packet.SOL_SOCKET, Interop.Linux.Packet.SO_TIMESTAMPING):
                if (data.Length <= RawHardwareOffset || !TakeTime(data[RawHardwareOffset..], FrameClock.Hardware))
                {
                    TakeTime(data, FrameClock.Kernel);
                }

                break;
        }
    }

    private bool TakeTime(ReadOnlySpan<byte> data, FrameClock clock)
    {
        // Zeros stand for a time that was not taken.
        if (!NativeStruct.TryRead(data, out timespec time) || time is { tv_sec: 0, tv_nsec: 0 })
        {
            return false;
        }

        Time = unchecked((time.tv_sec * 1_000_000_000) + time.tv_nsec);
        Clock = clock;
        return true;
    }
}
