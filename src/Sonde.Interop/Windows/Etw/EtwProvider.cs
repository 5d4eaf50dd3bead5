namespace Sonde.Interop.Windows.Etw;

/// <summary>A provider to listen to.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Keywords">Which of its events: those with any of these bits.</param>
internal readonly record struct EtwProvider(Guid Id, ulong Keywords)
{
    /// <summary>TRACE_LEVEL_INFORMATION: the level of all events that are listened to here.</summary>
    internal const byte Level = 4;

    /// <summary>Microsoft-Windows-Kernel-Process; WINEVENT_KEYWORD_PROCESS alone, without threads and images.</summary>
    internal static EtwProvider KernelProcess { get; } = new(new Guid("22FB2CD6-0E7B-422B-A0C7-2FAD1FD0E716"), 0x10);

    /// <summary>Microsoft-Windows-Kernel-Network; KERNEL_NETWORK_KEYWORD_IPV4 and _IPV6.</summary>
    internal static EtwProvider KernelNetwork { get; } = new(new Guid("7DD42A49-5329-4832-8DFD-43D979153A88"), 0x30);
}
