using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.Link.Windows;

/// <summary>The filter that a device's options ask for, as a program.</summary>
internal static class FrameFilter
{
    /// <summary>Compiles or takes over the filter; empty for none.</summary>
    /// <exception cref="PacketFilterException">The filter has no meaning for this link type.</exception>
    /// <exception cref="ArgumentException">The given program is none that a kernel would take.</exception>
    internal static BpfInstruction[] Of(FrameDeviceOptions options, LinkType linkType, uint? mask)
    {
        if (!options.Program.IsEmpty)
        {
            return BpfProgram.IsValid(options.Program.Span)
                ? options.Program.ToArray()
                : throw new ArgumentException("The program is no valid classic BPF: codes, jumps or the return at its end are wrong.", nameof(options));
        }

        if (string.IsNullOrWhiteSpace(options.Filter))
        {
            return [];
        }

        var compile = new PacketFilterOptions { SnapLength = options.SnapLength, IPv4Mask = options.IPv4Mask ?? mask };
        return PacketFilter.Compile(options.Filter, linkType, compile).Program.ToArray();
    }
}
