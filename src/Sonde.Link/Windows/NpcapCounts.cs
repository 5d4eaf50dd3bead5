using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Link.Windows;

/// <summary>What became of a device's frames: what the driver counts in 32 bits, carried on in 64, and what the device counts itself.</summary>
/// <remarks>The receiver and the sender write the numbers of their own; anybody reads.</remarks>
[SupportedOSPlatform("windows")]
internal sealed class NpcapCounts(PcapDevice device, WindowsAdapter adapter, string name)
{
    private readonly Lock _lock = new();
    private readonly ulong? _discardsBefore = WindowsAdapters.ReadDiscards(adapter);
    private uint _lastDropped;
    private long _dropped;
    private long? _discards;
    private bool _closed;

    internal long Delivered { get; set; }

    internal long Cut { get; set; }

    internal long Malformed { get; set; }

    internal long FilteredHere { get; set; }

    internal long Sent { get; set; }

    internal long SendRefusals { get; set; }

    /// <summary>The totals until now, or until the device was closed.</summary>
    /// <exception cref="LinkException">The driver does not tell.</exception>
    internal FrameStatistics Read()
    {
        lock (_lock)
        {
            if (!_closed)
            {
                Update();
            }

            return new FrameStatistics
            {
                Delivered = Delivered,
                Dropped = _dropped,
                DroppedByInterface = _discards,
                Cut = Cut,
                FilteredHere = FilteredHere,
                Malformed = Malformed,
                Sent = Sent,
                SendRefusals = SendRefusals,
            };
        }
    }

    /// <summary>Takes the last numbers of a device that is about to be closed.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            try
            {
                Update();
            }
            catch (LinkException)
            {
                // Of an adapter that was removed the numbers read before stay; closing must not fail for want of newer ones.
            }

            _closed = true;
        }
    }

    private void Update()
    {
        try
        {
            uint dropped = device.ReadCounts().ps_drop;
            _dropped += unchecked(dropped - _lastDropped);
            _lastDropped = dropped;
        }
        catch (PcapException refused)
        {
            throw WindowsLinkErrors.From(refused, name, opened: true);
        }

        // ps_ifdrop is not filled in by Npcap: the interface's own counter says what the card lost.
        if (_discardsBefore is { } before && WindowsAdapters.ReadDiscards(adapter) is { } now)
        {
            _discards = (long)(now - Math.Min(before, now));
        }
    }
}
