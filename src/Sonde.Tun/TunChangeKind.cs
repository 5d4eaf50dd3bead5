namespace Sonde.Tun;

/// <summary>What changed about a device.</summary>
public enum TunChangeKind
{
    /// <summary>Notifications were lost, or this is the first one: read <see cref="TunDevice.ReadState"/> to know where it stands.</summary>
    Unknown = 0,

    /// <summary>It went up.</summary>
    Up,

    /// <summary>It went down.</summary>
    Down,

    /// <summary>Its MTU changed.</summary>
    Mtu,

    /// <summary>It has one address more.</summary>
    AddressAdded,

    /// <summary>It has one address less.</summary>
    AddressRemoved,

    /// <summary>It has another name.</summary>
    Renamed,

    /// <summary>It is gone; nothing follows.</summary>
    Removed,
}
