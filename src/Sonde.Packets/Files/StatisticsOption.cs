namespace Sonde.Packets.Files;

/// <summary>Option codes of the interface statistics block.</summary>
internal static class StatisticsOption
{
    internal const ushort Start = 2;
    internal const ushort End = 3;
    internal const ushort Received = 4;
    internal const ushort DroppedByInterface = 5;
    internal const ushort AcceptedByFilter = 6;
    internal const ushort DroppedBySystem = 7;
    internal const ushort Delivered = 8;
}
