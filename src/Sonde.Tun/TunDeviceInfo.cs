namespace Sonde.Tun;

/// <summary>A TUN device of this host, whoever made it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Index">Its interface index.</param>
/// <param name="State">Its state and addresses.</param>
/// <param name="IsPersistent">Whether it outlives its maker; null where the system does not say.</param>
/// <param name="OwnerId">The user who may attach to it without further rights; null when there is none or the system does not say.</param>
/// <param name="QueueCount">How many queues are attached; null where the system does not say.</param>
public sealed record TunDeviceInfo(string Name, int Index, TunState State, bool? IsPersistent, uint? OwnerId, int? QueueCount);
