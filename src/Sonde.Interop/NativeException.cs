namespace Sonde.Interop;

/// <summary>The system refused a call: which call, with which error, and what the system added in words.</summary>
/// <remarks>Stays inside Sonde: each library turns it into its own public exception or into a reason.</remarks>
internal class NativeException(string operation, NativeError error, string? detail = null)
    : IOException(detail is null ? $"{operation}: {error}" : $"{operation}: {error}: {detail}")
{
    /// <summary>The call, as its manual page names it: "socket(AF_NETLINK)".</summary>
    internal string Operation { get; } = operation;

    internal NativeError Error { get; } = error;

    /// <summary>What the system itself said beyond the number (netlink's extended acknowledgement), or null.</summary>
    internal string? Detail { get; } = detail;
}
