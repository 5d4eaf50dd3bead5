using System.Text.Json.Serialization;
using Sonde.Tun;

namespace Sonde.Cli.Json;

/// <summary>The answer of `sonde tun list --format json`.</summary>
internal sealed class TunJson(IReadOnlyList<TunDeviceInfo> source)
{
    public IReadOnlyList<TunDeviceJson> Devices { get; } = [.. source.Select(device => new TunDeviceJson(device))];

    /// <summary>A device.</summary>
    internal sealed class TunDeviceJson(TunDeviceInfo source)
    {
        public string Type { get; } = "tun";

        public string Name { get; } = source.Name;

        public int Index { get; } = source.Index;

        public bool IsUp { get; } = source.State.IsUp;

        public int Mtu { get; } = source.State.Mtu;

        public IReadOnlyList<string> Addresses { get; } = [.. source.State.Addresses.Select(address => address.ToString())];

        public bool? IsPersistent { get; } = source.IsPersistent;

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? IsPersistentReason { get; } = source.IsPersistent is null ? "unsupported: the system does not say" : null;

        public uint? OwnerId { get; } = source.OwnerId;

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? OwnerIdReason { get; } = source.OwnerId is null ? "none" : null;

        public int? QueueCount { get; } = source.QueueCount;

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? QueueCountReason { get; } = source.QueueCount is null ? "unsupported: the system says it of devices with several queues only" : null;
    }

    /// <summary>A change, as `sonde tun watch` tells it.</summary>
    internal sealed class ChangeJson(DateTimeOffset time, string device, TunChange source)
    {
        public string Type { get; } = "change";

        public DateTimeOffset Time { get; } = time;

        public string Device { get; } = device;

        public string Change { get; } = Words.Of(source.Kind);

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? Mtu { get; } = source.Mtu;

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Address { get; } = source.Address?.ToString();

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Name { get; } = source.Name;
    }

    /// <summary>One mode of `sonde tun bench`.</summary>
    internal sealed record RunJson(
        string Mode, string Granted, double ReceiveNanosecondsPerPacket, double ReceiveBitsPerSecond, double SendNanosecondsPerPacket, double SendBitsPerSecond, double PacketsPerCall, double AllocatedBytesPerPacket)
    {
        public string Type { get; } = "run";
    }
}
