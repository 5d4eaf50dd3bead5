namespace Sonde.Packets.Files;

/// <summary>Option codes of the section header block.</summary>
internal static class SectionOption
{
    internal const ushort Hardware = 2;
    internal const ushort OperatingSystem = 3;
    internal const ushort Application = 4;
}
