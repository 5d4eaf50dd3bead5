using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Link.Linux;

/// <summary>What an errno of a packet socket means to a caller.</summary>
internal static class LinuxErrors
{
    /// <summary>The exception for a call that was refused.</summary>
    /// <param name="operation">The call.</param>
    /// <param name="interfaceName">The interface, or null.</param>
    /// <param name="error">The system's error.</param>
    /// <param name="isOpen">Whether the device was open already: an interface that is not there has then gone.</param>
    /// <param name="inner">What was thrown below, if anything.</param>
    internal static LinkException Exception(string operation, string? interfaceName, NativeError error, bool isOpen = false, Exception? inner = null) =>
        new(FailureOf(error.Code, isOpen), operation, interfaceName, error.Code, error.ToString(), inner);

    internal static LinkException Exception(NativeException refused, string? interfaceName, bool isOpen = false) =>
        Exception(refused.Operation, interfaceName, refused.Error, isOpen, refused);

    internal static LinkFailure FailureOf(int errno, bool isOpen) => errno switch
    {
        Packet.EPERM or Packet.EACCES => LinkFailure.AccessDenied,
        Netlink.ENODEV or Netlink.ENXIO => isOpen ? LinkFailure.InterfaceGone : LinkFailure.NoSuchInterface,
        Packet.ENETDOWN => LinkFailure.InterfaceDown,
        Packet.EMSGSIZE => LinkFailure.FrameTooLong,
        Packet.EBUSY => LinkFailure.Busy,
        Netlink.EAFNOSUPPORT or Netlink.EPROTONOSUPPORT or Netlink.EOPNOTSUPP or Netlink.ENOSYS or Packet.ENOPROTOOPT => LinkFailure.NotSupported,
        _ => LinkFailure.System,
    };
}
