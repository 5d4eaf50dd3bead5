namespace Sonde.Packets.Files;

/// <summary>Option codes of the interface description block.</summary>
internal static class InterfaceOption
{
    internal const ushort Name = 2;
    internal const ushort Description = 3;
    internal const ushort Speed = 8;
    internal const ushort TimestampResolution = 9;
    internal const ushort Filter = 11;
    internal const ushort OperatingSystem = 12;
    internal const ushort FcsLength = 13;
    internal const ushort TimestampOffset = 14;
    internal const ushort Hardware = 15;
}
