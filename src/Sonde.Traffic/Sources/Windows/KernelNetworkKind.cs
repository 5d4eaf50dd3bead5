namespace Sonde.Traffic.Sources.Windows;

/// <summary>What an event of the kernel's network provider tells.</summary>
internal enum KernelNetworkKind
{
    /// <summary>Nothing that counts.</summary>
    Other = 0,

    /// <summary>A socket sent.</summary>
    Sent,

    /// <summary>A socket received.</summary>
    Received,

    /// <summary>This host asked for a connection.</summary>
    Connected,

    /// <summary>The other end asked for it, and it was granted.</summary>
    Accepted,

    /// <summary>The connection is over.</summary>
    Disconnected,
}
