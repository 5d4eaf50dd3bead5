using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Link.MacOS;

/// <summary>What came of looking for a capture device that nobody uses.</summary>
/// <param name="Number">The number of the device that was tried last.</param>
/// <param name="Error">What it said; the default when it opened.</param>
[SupportedOSPlatform("macos")]
internal readonly record struct BpfSearch(int Number, NativeError Error)
{
    /// <summary>The call, for people.</summary>
    internal string Operation => $"open({BpfDevice.PathOf(Number)})";

    /// <summary>What kind of refusal it is.</summary>
    internal LinkFailure Failure => Error.Code switch
    {
        Darwin.EPERM or Darwin.EACCES => LinkFailure.AccessDenied,
        Darwin.EBUSY => LinkFailure.Busy,

        // Devices are made on demand: behind those in use a missing one means that there are no more.
        Darwin.ENOENT or Darwin.ENXIO => Number > 0 ? LinkFailure.Busy : LinkFailure.BackendMissing,
        _ => LinkFailure.System,
    };

    /// <summary>Why, in the system's words and with what they mean here.</summary>
    internal string Reason => Failure switch
    {
        LinkFailure.AccessDenied when Number > 0 =>
            $"{Error}: {InUse}, and the next one belongs to root; a device that the system makes later is not among those given to a group",
        LinkFailure.AccessDenied => $"{Error}: the devices belong to root, unless a start-up script (ChmodBPF) gave them to a group (access_bpf)",
        LinkFailure.Busy when Error.Code == Darwin.EBUSY => $"{Error}: all {BpfDevice.MaxDevices} capture devices are in use",
        LinkFailure.Busy => $"{Error}: {InUse}, and there are no more",
        LinkFailure.BackendMissing => $"{Error}: this system has no capture devices",
        _ => Error.ToString(),
    };

    private string InUse => Number == 1 ? "one capture device is in use" : $"{Number} capture devices are in use";

    /// <summary>Opens the first device that is free: on to the next one only while they are in use, so that a refusal is told as what it is.</summary>
    internal static BpfDevice? Open(out BpfSearch outcome)
    {
        for (int number = 0; ; number++)
        {
            BpfDevice? device = BpfDevice.Open(number, out NativeError error);
            if (device is not null || error.Code != Darwin.EBUSY || number == BpfDevice.MaxDevices - 1)
            {
                outcome = new BpfSearch(number, error);
                return device;
            }
        }
    }
}
