using System.Runtime.InteropServices;

namespace Sonde.Interop;

/// <summary>Whose numbers a native error code uses.</summary>
internal enum NativeErrorDomain
{
    /// <summary>errno with the numbers of Linux, or of a call that Linux and macOS share and whose errors have the same numbers on both.</summary>
    Errno,

    /// <summary>errno with the numbers of macOS: above 34 it counts otherwise than Linux (EAGAIN is 35, ENOBUFS 55).</summary>
    DarwinErrno,

    /// <summary>A Win32 error (winerror.h), also what the IP Helper functions return.</summary>
    Win32,

    /// <summary>An NTSTATUS.</summary>
    NtStatus,
}

/// <summary>A system's error number together with whose number it is, so that an errno is never read as a Win32 error.</summary>
internal readonly record struct NativeError(NativeErrorDomain Domain, int Code)
{
    /// <summary>The system's own words for this error.</summary>
    internal string Message => Domain switch
    {
        NativeErrorDomain.NtStatus => $"NTSTATUS 0x{Code:X8}",
        _ => Marshal.GetPInvokeErrorMessage(Code),
    };

    /// <summary>The errno that the last call with SetLastError left behind; read it before anything else runs.</summary>
    internal static NativeError LastErrno() => new(NativeErrorDomain.Errno, Marshal.GetLastPInvokeError());

    /// <summary>The errno that the last call to macOS with SetLastError left behind; read it before anything else runs.</summary>
    internal static NativeError LastDarwinErrno() => new(NativeErrorDomain.DarwinErrno, Marshal.GetLastPInvokeError());

    /// <summary>The Win32 error that the last call with SetLastError left behind.</summary>
    internal static NativeError LastWin32() => new(NativeErrorDomain.Win32, Marshal.GetLastPInvokeError());

    public override string ToString() => Domain switch
    {
        NativeErrorDomain.Errno or NativeErrorDomain.DarwinErrno => $"{Message} (errno {Code})",
        NativeErrorDomain.Win32 => $"{Message} (error {Code})",
        _ => Message,
    };
}
