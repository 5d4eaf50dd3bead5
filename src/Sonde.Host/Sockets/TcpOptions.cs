namespace Sonde.Host.Sockets;

/// <summary>What both ends agreed on when the connection was made.</summary>
[Flags]
public enum TcpOptions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Time stamps (RFC 7323).</summary>
    Timestamps = 1,

    /// <summary>Selective acknowledgements (RFC 2018).</summary>
    SelectiveAcknowledgements = 2,

    /// <summary>Window scaling (RFC 7323).</summary>
    WindowScaling = 4,

    /// <summary>Explicit congestion notification (RFC 3168).</summary>
    CongestionNotification = 8,

    /// <summary>A packet came with such a notification possible.</summary>
    CongestionNotificationSeen = 16,

    /// <summary>Data came with the first packet (RFC 7413).</summary>
    FastOpen = 32,
}
