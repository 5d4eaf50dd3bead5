using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Link.MacOS;

/// <summary>What an error number of macOS means for frames.</summary>
[SupportedOSPlatform("macos")]
internal static class MacOSLinkErrors
{
    internal static LinkFailure Classify(int error) => error switch
    {
        Darwin.EPERM or Darwin.EACCES => LinkFailure.AccessDenied,
        Darwin.ENXIO => LinkFailure.InterfaceGone,
        Darwin.ENETDOWN => LinkFailure.InterfaceDown,
        Darwin.EMSGSIZE => LinkFailure.FrameTooLong,
        Darwin.EBUSY => LinkFailure.Busy,
        Darwin.ENOTSUP or Darwin.EOPNOTSUPP or Darwin.EAFNOSUPPORT => LinkFailure.NotSupported,
        _ => LinkFailure.System,
    };

    /// <summary>Whether a frame may be accepted if it is sent again later.</summary>
    internal static bool IsFull(int error) => error is Darwin.ENOBUFS or Darwin.EQFULL or Darwin.EAGAIN;

    internal static LinkException Exception(string operation, string? interfaceName, NativeError error, Exception? inner = null) =>
        new(Classify(error.Code), operation, interfaceName, error.Code, error.ToString(), inner);

    internal static LinkException NotSupported(string operation, string? interfaceName, string reason) =>
        new(LinkFailure.NotSupported, operation, interfaceName, 0, reason);
}
