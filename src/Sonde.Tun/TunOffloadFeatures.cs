namespace Sonde.Tun;

/// <summary>Which super-packets the device exchanges with this process, as found by asking the system at open.</summary>
[Flags]
public enum TunOffloadFeatures
{
    /// <summary>Plain packets only.</summary>
    None = 0,

    /// <summary>Packets may carry an unfinished checksum.</summary>
    Checksum = 1,

    /// <summary>TCP over IPv4.</summary>
    TcpIPv4 = 2,

    /// <summary>TCP over IPv6.</summary>
    TcpIPv6 = 4,

    /// <summary>TCP with explicit congestion notification.</summary>
    TcpEcn = 8,

    /// <summary>UDP over IPv4 and IPv6 (Linux 6.2 and later).</summary>
    Udp = 16,
}
