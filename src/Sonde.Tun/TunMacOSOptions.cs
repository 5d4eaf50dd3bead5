namespace Sonde.Tun;

/// <summary>What only macOS has; ignored elsewhere.</summary>
public sealed record TunMacOSOptions
{
    /// <summary>Packets that the kernel queues before it pauses the interface; its own default of 1 makes every packet a round trip.</summary>
    public int PendingPackets { get; init; } = 4096;

    /// <summary>The socket's receive buffer, in bytes.</summary>
    public int ReceiveBufferSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Whether the batched calls recvmsg_x and sendmsg_x are used where the system exports them.</summary>
    public bool UsesBatchedCalls { get; init; } = true;
}
