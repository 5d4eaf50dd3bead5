using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>A stop made of an eventfd.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxStopSignal : UnixStopSignal
{
    internal LinuxStopSignal()
        : this(LibC.OpenEvent())
    {
    }

    private LinuxStopSignal(FileDescriptor eventfd)
        : base(eventfd, eventfd)
    {
    }
}
