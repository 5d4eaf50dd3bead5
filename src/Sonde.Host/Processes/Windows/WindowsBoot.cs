using System.Buffers.Binary;
using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>Names this run of Windows.</summary>
internal static class WindowsBoot
{
    /// <summary>Out of the number of starts and the moment of this one, as the clock of then told it.</summary>
    [SupportedOSPlatform("windows")]
    internal static Guid Read()
    {
        SYSTEM_TIMEOFDAY_INFORMATION time = default;
        int status = SystemInformation.Query(NtDll.SystemTimeOfDayInformation, ref time);
        return status < 0 ? Guid.Empty : Name(NtDll.BootId, time.BootTime, time.BootTimeBias);
    }

    /// <summary>Setting the clock moves the boot time and is noted in its bias: without the bias it stays what it was.</summary>
    internal static Guid Name(uint bootId, long bootTime, ulong bootTimeBias)
    {
        Span<byte> name = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(name, bootId);
        BinaryPrimitives.WriteInt64BigEndian(name[8..], unchecked(bootTime - (long)bootTimeBias));
        return new Guid(name);
    }
}
