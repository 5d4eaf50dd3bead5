using System.Runtime.Versioning;
using Sonde.Interop.MacOS;

namespace Sonde.Link.MacOS;

/// <summary>The one way to frames that macOS has: the capture devices of BPF.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSFrameLadder : FrameLadder
{
    internal const string Backend = "bpf";

    internal override FrameDevice Open(string interfaceName, FrameDeviceOptions options) => MacOSFrameDevice.Create(interfaceName, options);

    internal override IReadOnlyList<FrameAccess> Check()
    {
        using BpfDevice? device = BpfSearch.Open(out BpfSearch outcome);
        FrameAccessState state =
            device is not null ? FrameAccessState.Available
            : outcome.Failure == LinkFailure.AccessDenied ? FrameAccessState.Denied
            : FrameAccessState.Unavailable;
        return
        [
            new FrameAccess(
                Backend,
                state,
                "frames of one interface, in and out, filtered by the kernel",
                outcome.Operation,
                device is null ? outcome.Reason : null,
                outcome.Error.Code,
                state == FrameAccessState.Denied ? ["root", $"read and write access to {BpfDevice.PathOf(outcome.Number)}"] : []),
        ];
    }
}
