namespace Sonde.Interop.Windows;

/// <summary>libpcap refused a call: its result, its words, and the Win32 error that its words end with.</summary>
internal sealed class PcapException(string operation, int result, string reason) : IOException($"{operation}: {reason}")
{
    /// <summary>The function.</summary>
    internal string Operation { get; } = operation;

    /// <summary>What it returned: PCAP_ERROR and its siblings.</summary>
    internal int Result { get; } = result;

    /// <summary>The library's words.</summary>
    internal string Reason { get; } = reason;

    /// <summary>The Win32 error below, 0 when the words name none.</summary>
    internal int Win32Error { get; } = PcapText.Win32ErrorIn(reason);
}
