using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Link.Windows;

/// <summary>What the refusals of libpcap and Winsock mean for a user of frames.</summary>
internal static class WindowsLinkErrors
{
    /// <summary>A refusal of Windows itself.</summary>
    internal static LinkException From(NativeException refused, string? name) => new(
        refused.Error.Code switch
        {
            Win32.ERROR_ACCESS_DENIED or WinSockError.Access => LinkFailure.AccessDenied,
            Win32.ERROR_MOD_NOT_FOUND or Win32.ERROR_PROC_NOT_FOUND or Win32.ERROR_BAD_EXE_FORMAT => LinkFailure.BackendMissing,
            WinSockError.ProtocolNotSupported or WinSockError.OperationNotSupported or WinSockError.FamilyNotSupported => LinkFailure.NotSupported,
            WinSockError.NetworkDown => LinkFailure.InterfaceDown,
            _ => LinkFailure.System,
        },
        refused.Operation,
        name,
        refused.Error.Code,
        refused.Detail ?? refused.Error.ToString(),
        refused);

    /// <summary>A refusal of libpcap.</summary>
    /// <param name="refused">What it said.</param>
    /// <param name="name">The interface.</param>
    /// <param name="opened">Whether the adapter had been opened before: what is not there any more was removed.</param>
    internal static LinkException From(PcapException refused, string name, bool opened) =>
        new(FailureOf(refused.Result, refused.Reason, opened), refused.Operation, name, refused.Win32Error, refused.Reason, refused);

    /// <summary>The kind of a refusal, from libpcap's result and the Win32 error in its words.</summary>
    internal static LinkFailure FailureOf(int result, string reason, bool opened) => (result, PcapText.Win32ErrorIn(reason)) switch
    {
        (Result.PermissionDenied or Result.PromiscuousDenied, _) or (_, Win32.ERROR_ACCESS_DENIED) => LinkFailure.AccessDenied,
        (Result.NotUp, _) => LinkFailure.InterfaceDown,
        (Result.NoSuchDevice, _) or (_, Win32.ERROR_BAD_UNIT or Win32.ERROR_NO_SUCH_DEVICE) =>
            opened ? LinkFailure.InterfaceGone : LinkFailure.NotSupported,
        (_, Win32.ERROR_DEVICE_REMOVED or Win32.ERROR_GEN_FAILURE) when opened => LinkFailure.InterfaceGone,

        // What libpcap says, in English whatever Windows speaks, once a read finds its adapter removed.
        _ when opened && reason.Contains("interface disappeared", StringComparison.OrdinalIgnoreCase) => LinkFailure.InterfaceGone,
        _ => LinkFailure.System,
    };

    /// <summary>Whether a frame was refused only because there is no room for it now.</summary>
    internal static bool IsShortage(string reason) =>
        PcapText.Win32ErrorIn(reason) is Win32.ERROR_NO_SYSTEM_RESOURCES or Win32.ERROR_NOT_ENOUGH_MEMORY or Win32.ERROR_INSUFFICIENT_BUFFER;

    // pcap/pcap.h
    private static class Result
    {
        internal const int NoSuchDevice = -5;
        internal const int PermissionDenied = -8;
        internal const int NotUp = -9;
        internal const int PromiscuousDenied = -11;
    }

    // winsock2.h
    private static class WinSockError
    {
        internal const int Access = 10013;
        internal const int ProtocolNotSupported = 10043;
        internal const int OperationNotSupported = 10045;
        internal const int FamilyNotSupported = 10047;
        internal const int NetworkDown = 10050;
    }
}
