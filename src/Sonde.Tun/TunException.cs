using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.MacOS;

namespace Sonde.Tun;

/// <summary>The system refused to make, configure or watch a TUN device: what was tried, on which device, and its own error.</summary>
public sealed class TunException : IOException
{
    /// <summary>Makes an exception out of the facts.</summary>
    /// <param name="failure">What to branch on.</param>
    /// <param name="operation">The call that was refused: "ioctl(TUNSETIFF)".</param>
    /// <param name="device">The device it was about; null when there is none yet.</param>
    /// <param name="nativeError">The system's number, 0 when there is none.</param>
    /// <param name="reason">The system's words.</param>
    /// <param name="inner">What was thrown below, if anything.</param>
    public TunException(TunFailure failure, string operation, string? device, int nativeError, string reason, Exception? inner = null)
        : base(device is null ? $"{operation}: {reason}" : $"{operation} on {device}: {reason}", inner)
    {
        Failure = failure;
        Operation = operation;
        Device = device;
        NativeError = nativeError;
        Reason = reason;
    }

    /// <summary>What kind of refusal this is.</summary>
    public TunFailure Failure { get; }

    /// <summary>The call that was refused.</summary>
    public string Operation { get; }

    /// <summary>The device it was about, or null when there is none yet.</summary>
    public string? Device { get; }

    /// <summary>The system's own error number (errno, or a Win32 error), 0 when there is none.</summary>
    public int NativeError { get; }

    /// <summary>Why, in the system's words.</summary>
    public string Reason { get; }

    internal static TunException From(NativeException refused, string? device) =>
        new(
            Classify(refused.Error),
            refused.Operation,
            device,
            refused.Error.Code,
            refused.Detail is null ? refused.Error.ToString() : $"{refused.Error}: {refused.Detail}",
            refused);

    /// <summary>What a native error means where nothing more is known; a backend that knows more of the call says so itself.</summary>
    internal static TunFailure Classify(NativeError error) => error.Domain switch
    {
        NativeErrorDomain.Errno => error.Code switch
        {
            1 or 13 => TunFailure.AccessDenied, // EPERM, EACCES
            2 or 3 or 6 or 19 or Netlink.EADDRNOTAVAIL => TunFailure.NotFound, // ENOENT, ESRCH, ENXIO, ENODEV
            16 => TunFailure.Busy, // EBUSY
            17 => TunFailure.AlreadyExists, // EEXIST
            22 or 34 or 36 or 101 or 113 => TunFailure.Invalid, // EINVAL, ERANGE, ENAMETOOLONG, ENETUNREACH, EHOSTUNREACH
            77 => TunFailure.Gone, // EBADFD
            Netlink.ENOSYS or Netlink.EAFNOSUPPORT or Netlink.EPROTONOSUPPORT or Netlink.EOPNOTSUPP => TunFailure.Unavailable,
            _ => TunFailure.System,
        },
        NativeErrorDomain.DarwinErrno => error.Code switch
        {
            Darwin.EPERM or Darwin.EACCES => TunFailure.AccessDenied,
            Darwin.ENOENT or Darwin.ENXIO or Darwin.ENODEV or Darwin.EADDRNOTAVAIL => TunFailure.NotFound,
            16 => TunFailure.Busy, // EBUSY
            17 => TunFailure.AlreadyExists, // EEXIST
            22 or 51 => TunFailure.Invalid, // EINVAL, ENETUNREACH
            Darwin.ENOSYS or Darwin.EAFNOSUPPORT or Darwin.EPFNOSUPPORT or Darwin.EPROTONOSUPPORT or Darwin.ENOTSUP or Darwin.EOPNOTSUPP =>
                TunFailure.Unavailable,
            _ => TunFailure.System,
        },
        NativeErrorDomain.Win32 => error.Code switch
        {
            5 or 1314 => TunFailure.AccessDenied, // ERROR_ACCESS_DENIED, ERROR_PRIVILEGE_NOT_HELD
            2 or 126 or 1168 => TunFailure.NotFound, // ERROR_FILE_NOT_FOUND, ERROR_MOD_NOT_FOUND, ERROR_NOT_FOUND
            38 => TunFailure.Gone, // ERROR_HANDLE_EOF
            13 => TunFailure.Corrupt, // ERROR_INVALID_DATA
            87 or 111 => TunFailure.Invalid, // ERROR_INVALID_PARAMETER, ERROR_BUFFER_OVERFLOW (a name too long, where it is not a full ring)
            183 or 5010 => TunFailure.AlreadyExists, // ERROR_ALREADY_EXISTS, ERROR_OBJECT_ALREADY_EXISTS
            170 or 1247 => TunFailure.Busy, // ERROR_BUSY, ERROR_ALREADY_INITIALIZED
            258 => TunFailure.TimedOut, // WAIT_TIMEOUT
            50 or 120 or 127 or 193 or 4319 => TunFailure.Unavailable, // ERROR_NOT_SUPPORTED, …CALL_NOT_IMPLEMENTED, …PROC_NOT_FOUND, …BAD_EXE_FORMAT, …DEVICE_NOT_AVAILABLE
            _ => TunFailure.System,
        },
        _ => unchecked((uint)error.Code) == 0xC0000022 ? TunFailure.AccessDenied : TunFailure.System, // STATUS_ACCESS_DENIED
    };
}
