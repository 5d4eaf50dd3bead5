using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Link.MacOS;

/// <content>What became of the frames.</content>
internal sealed partial class MacOSFrameDevice
{
    private const int FillsBetweenLooks = 4096;

    private readonly Lock _counterLock = new();

    // The kernel's counter began at 0 when the filter was set.
    private WrappingCounter _dropped;
    private ulong? _inputDropsAtStart;
    private long? _inputDrops;
    private int _fills;

    // Each written by one thread only, the one that receives or the one that sends.
    private long _delivered;
    private long _cut;
    private long _filteredHere;
    private long _malformed;
    private long _interfaceDowns;
    private long _sent;
    private long _sendRefusals;

    public override FrameStatistics Statistics
    {
        get
        {
            lock (_counterLock)
            {
                // Of a closed device stays what was counted.
                if (!_device.IsClosed && !TryReadCounters(out NativeError error))
                {
                    throw MacOSLinkErrors.Exception("ioctl(BIOCGSTATS)", Name, error);
                }

                return new FrameStatistics
                {
                    Delivered = Volatile.Read(ref _delivered),
                    Dropped = _dropped.Total,
                    DroppedByInterface = _inputDrops,
                    Cut = Volatile.Read(ref _cut),
                    FilteredHere = Volatile.Read(ref _filteredHere),
                    Malformed = Volatile.Read(ref _malformed),
                    InterfaceDowns = Volatile.Read(ref _interfaceDowns),
                    Sent = Volatile.Read(ref _sent),
                    SendRefusals = Volatile.Read(ref _sendRefusals),
                };
            }
        }
    }

    private void StartCounters()
    {
        _inputDropsAtStart = _interface.ReadInputDrops();
        _inputDrops = _inputDropsAtStart is null ? null : 0;
    }

    // The kernel shows 32 bits: a device that nobody asks for statistics looks now and then, before they have gone round.
    private void LookAtCounters()
    {
        if (++_fills == FillsBetweenLooks)
        {
            _fills = 0;
            lock (_counterLock)
            {
                TryReadCounters(out _); // a refusal is told to whoever asks
            }
        }
    }

    private bool TryReadCounters(out NativeError error)
    {
        if (!_device.TryGetStatistics(out bpf_stat statistics, out error))
        {
            return false;
        }

        _dropped.Advance(statistics.bs_drop);
        if (_inputDropsAtStart is ulong start && _interface.ReadInputDrops() is ulong now && now >= start)
        {
            _inputDrops = (long)Math.Min(now - start, long.MaxValue);
        }

        return true;
    }
}
