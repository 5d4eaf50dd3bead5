namespace Sonde.Tun;

/// <summary>What only Linux has; ignored elsewhere.</summary>
public sealed record TunLinuxOptions
{
    /// <summary>Whether the device outlives this process; without it the kernel removes the device, its addresses and its routes with the last descriptor.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>A user who may attach to the device without CAP_NET_ADMIN; null for nobody.</summary>
    public uint? OwnerId { get; init; }

    /// <summary>A group whose members may; null for none.</summary>
    public uint? GroupId { get; init; }

    /// <summary>Offloads not to ask for, on a kernel whose super-packets misbehave; known ones are avoided without being told.</summary>
    public TunOffloadFeatures AvoidedOffloads { get; init; }

    /// <summary>Packets that the kernel holds for a slow reader; beyond that it drops. The kernel's own default of 500 is short for bursts.</summary>
    public int TransmitQueueLength { get; init; } = 1000;

    /// <summary>Whether the kernel may send IPv6 router solicitations and multicast reports through the device by itself when it goes up.</summary>
    public bool AllowsIPv6Chatter { get; init; }
}
