using System.Runtime.Versioning;
using Sonde.Packets.Filters;

namespace Sonde.Link.MacOS;

/// <summary>Which options macOS can serve. What it cannot is refused before anything is opened, each with its reason.</summary>
[SupportedOSPlatform("macos")]
internal static class MacOSFrameOptions
{
    private const string Operation = "open";

    /// <summary>Refuses what cannot be served.</summary>
    /// <exception cref="LinkException">macOS does not offer it.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal static void Check(string name, FrameDeviceOptions options)
    {
        if ((options.Directions & ~FrameDirections.Both) != FrameDirections.None)
        {
            throw new ArgumentException($"There is no direction {options.Directions}.", nameof(options));
        }

        if (options.BufferSize < 1)
        {
            throw new ArgumentException($"A buffer of {options.BufferSize} bytes holds no frame.", nameof(options));
        }

        if (!options.Program.IsEmpty && !BpfProgram.IsValid(options.Program.Span))
        {
            throw new ArgumentException("The program is no valid program of classic BPF.", nameof(options));
        }

        string? reason =
            name == FrameDevice.AnyInterface
                ? "a capture device of macOS shows one interface; open one device for each"
            : options.Mode == FrameMode.Xdp ? "AF_XDP is a part of Linux"
            : options.Fanout is not null ? "macOS cannot share the frames of an interface out among devices: each device is given all of them"
            : options.BypassQueue ? "macOS has no way past the queue of an interface"
            : options.HardwareTimestamps ? "macOS gives capture devices the time of its own clock only"
            : null;
        if (reason is not null)
        {
            throw MacOSLinkErrors.NotSupported(Operation, name, reason);
        }
    }
}
