namespace Sonde.Packets.Files;

/// <summary>What a capture counted on one interface; null is "not told".</summary>
public readonly record struct InterfaceStatistics
{
    /// <summary>The interface's number in its section.</summary>
    public int InterfaceId { get; init; }

    /// <summary>When this was counted, in nanoseconds since 1970.</summary>
    public long? TimestampNanoseconds { get; init; }

    /// <summary>When the capture began, in nanoseconds since 1970.</summary>
    public long? StartNanoseconds { get; init; }

    /// <summary>When the capture ended, in nanoseconds since 1970.</summary>
    public long? EndNanoseconds { get; init; }

    /// <summary>Packets that the interface received while capturing.</summary>
    public ulong? Received { get; init; }

    /// <summary>Packets that the interface dropped for want of resources.</summary>
    public ulong? DroppedByInterface { get; init; }

    /// <summary>Packets that the filter accepted.</summary>
    public ulong? AcceptedByFilter { get; init; }

    /// <summary>Packets that the operating system dropped.</summary>
    public ulong? DroppedBySystem { get; init; }

    /// <summary>Packets that reached the capturing program.</summary>
    public ulong? Delivered { get; init; }
}
