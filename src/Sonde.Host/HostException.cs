using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.MacOS;

namespace Sonde.Host;

/// <summary>The system refused to say or to do something: what was tried, on what, and its own error.</summary>
public sealed class HostException : IOException
{
    /// <summary>Makes an exception out of the facts.</summary>
    /// <param name="failure">What to branch on.</param>
    /// <param name="operation">The call that was refused: "socket(AF_NETLINK)".</param>
    /// <param name="target">What it was about: an interface, a file; null when it was about the whole host.</param>
    /// <param name="nativeError">The system's number, 0 when there is none.</param>
    /// <param name="reason">The system's words.</param>
    /// <param name="inner">What was thrown below, if anything.</param>
    public HostException(HostFailure failure, string operation, string? target, int nativeError, string reason, Exception? inner = null)
        : base(target is null ? $"{operation}: {reason}" : $"{operation} on {target}: {reason}", inner)
    {
        Failure = failure;
        Operation = operation;
        Target = target;
        NativeError = nativeError;
        Reason = reason;
    }

    /// <summary>What kind of refusal this is.</summary>
    public HostFailure Failure { get; }

    /// <summary>The call that was refused.</summary>
    public string Operation { get; }

    /// <summary>What it was about, or null when it was about the whole host.</summary>
    public string? Target { get; }

    /// <summary>The system's own error number (errno, or a Win32 error), 0 when there is none.</summary>
    public int NativeError { get; }

    /// <summary>Why, in the system's words.</summary>
    public string Reason { get; }

    internal static HostException From(NativeException refused, string? target = null) =>
        new(
            Classify(refused.Error),
            refused.Operation,
            target,
            refused.Error.Code,
            refused.Detail is null ? refused.Error.ToString() : $"{refused.Error}: {refused.Detail}",
            refused);

    /// <summary>What a native error means to somebody who has to decide what to do next.</summary>
    internal static HostFailure Classify(NativeError error) => error.Domain switch
    {
        NativeErrorDomain.Errno => error.Code switch
        {
            1 or 13 => HostFailure.AccessDenied, // EPERM, EACCES
            2 or 6 or 19 => HostFailure.NotFound, // ENOENT, ENXIO, ENODEV
            Netlink.ENOSYS or Netlink.EAFNOSUPPORT or Netlink.EPROTONOSUPPORT or Netlink.EOPNOTSUPP => HostFailure.Unavailable,
            _ => HostFailure.System,
        },
        NativeErrorDomain.DarwinErrno => error.Code switch
        {
            Darwin.EPERM or Darwin.EACCES => HostFailure.AccessDenied,
            Darwin.ENOENT or Darwin.ENXIO or Darwin.ENODEV or Darwin.EADDRNOTAVAIL => HostFailure.NotFound,
            Darwin.ENOSYS or Darwin.EAFNOSUPPORT or Darwin.EPFNOSUPPORT or Darwin.EPROTONOSUPPORT or Darwin.ENOTSUP or Darwin.EOPNOTSUPP =>
                HostFailure.Unavailable,
            _ => HostFailure.System,
        },
        NativeErrorDomain.Win32 => error.Code switch
        {
            5 or 1314 => HostFailure.AccessDenied, // ERROR_ACCESS_DENIED, ERROR_PRIVILEGE_NOT_HELD
            2 or 1168 => HostFailure.NotFound, // ERROR_FILE_NOT_FOUND, ERROR_NOT_FOUND
            50 or 120 or 127 => HostFailure.Unavailable, // ERROR_NOT_SUPPORTED, ERROR_CALL_NOT_IMPLEMENTED, ERROR_PROC_NOT_FOUND
            _ => HostFailure.System,
        },
        _ => unchecked((uint)error.Code) == 0xC0000022 ? HostFailure.AccessDenied : HostFailure.System, // STATUS_ACCESS_DENIED
    };
}
