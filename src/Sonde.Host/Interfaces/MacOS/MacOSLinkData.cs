using System.Runtime.Versioning;
using Sonde.Host.MacOS;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Interfaces.MacOS;

/// <summary>An interface's size, speed and counters: from ifmibdata with 64 bits, or else from getifaddrs with 32.</summary>
/// <param name="IsGone">Whether the interface vanished after it was listed, or its index is another interface's by now.</param>
/// <param name="Mtu">The largest packet, in bytes.</param>
/// <param name="Speed">The link's speed, in bits per second.</param>
/// <param name="Counters">What the interface has counted.</param>
internal sealed record MacOSLinkData(bool IsGone, Reading<long> Mtu, Reading<long> Speed, Reading<InterfaceCounters> Counters)
{
    private const string NoSpeed = "the driver names no speed";
    private const string ShortCounters = "counters of 32 bits, which wrap at 4 GiB";

    private static readonly MacOSLinkData s_gone = new(true, default, default, default);

    [SupportedOSPlatform("macos")]
    internal static MacOSLinkData Read(int index, InterfaceAddressEntry link, MacOSGaps gaps)
    {
        if (MacOSInterfaceReader.TryReadMib(index, out ifmibdata mib, out NativeError error))
        {
            return FromMib(mib, link.Name);
        }

        if (HostException.Classify(error) == HostFailure.NotFound)
        {
            return s_gone;
        }

        gaps.Add(ShortCounters, "sysctl(IFMIB_IFDATA)", error);
        return FromList(link.Data, error);
    }

    internal static MacOSLinkData FromMib(ifmibdata mib, ReadOnlySpan<byte> name)
    {
        // The kernel leaves the struct empty while an interface is being taken away, and gives a freed index to the next one.
        if (!MacOSText.UpToZero(mib.ifmd_name).SequenceEqual(name))
        {
            return s_gone;
        }

        if_data64 data = mib.ifmd_data;
        return new MacOSLinkData(
            false,
            data.ifi_mtu,
            data.ifi_baudrate is > 0 and <= long.MaxValue ? (long)data.ifi_baudrate : Reading.None<long>(NoSpeed),
            new InterfaceCounters
            {
                ReceivedBytes = data.ifi_ibytes,
                ReceivedPackets = data.ifi_ipackets,
                ReceiveErrors = data.ifi_ierrors,
                ReceiveDrops = data.ifi_iqdrops,
                SentBytes = data.ifi_obytes,
                SentPackets = data.ifi_opackets,
                SendErrors = data.ifi_oerrors,
                SendDrops = (ulong)mib.ifmd_snd_drops,
                ReceivedMulticast = data.ifi_imcasts,
                Collisions = data.ifi_collisions,
            });
    }

    internal static MacOSLinkData FromList(if_data? listed, NativeError refused)
    {
        if (listed is not { } data)
        {
            return new MacOSLinkData(
                false,
                MacOSReading.Refused<long>("sysctl(IFMIB_IFDATA)", refused),
                MacOSReading.Refused<long>("sysctl(IFMIB_IFDATA)", refused),
                MacOSReading.Refused<InterfaceCounters>("sysctl(IFMIB_IFDATA)", refused));
        }

        return new MacOSLinkData(
            false,
            data.ifi_mtu,
            data.ifi_baudrate switch
            {
                0 => Reading.None<long>(NoSpeed),
                uint.MaxValue => Reading.Failed<long>("the speed does not fit into the 32 bits of getifaddrs"),
                _ => data.ifi_baudrate,
            },
            new InterfaceCounters
            {
                ReceivedBytes = data.ifi_ibytes,
                ReceivedPackets = data.ifi_ipackets,
                ReceiveErrors = data.ifi_ierrors,
                ReceiveDrops = data.ifi_iqdrops,
                SentBytes = data.ifi_obytes,
                SentPackets = data.ifi_opackets,
                SendErrors = data.ifi_oerrors,
                SendDrops = Reading.Unsupported<ulong>("getifaddrs does not count them"),
                ReceivedMulticast = (ulong)data.ifi_imcasts,
                Collisions = (ulong)data.ifi_collisions,
            });
    }
}
