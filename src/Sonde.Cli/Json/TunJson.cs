using Sonde.Cli.Output;
using Sonde.Tun;

namespace Sonde.Cli.Json;

/// <summary>The answers of `sonde tun` as JSON.</summary>
internal static class TunJson
{
    internal static void Write(JsonText json, IReadOnlyList<TunDeviceInfo> devices)
    {
        json.BeginObject();
        json.BeginArray("devices"u8);
        foreach (TunDeviceInfo device in devices)
        {
            WriteDevice(json, device);
        }

        json.EndArray();
        json.EndObject();
    }

    internal static void WriteDevice(JsonText json, TunDeviceInfo device)
    {
        json.BeginObject();
        json.Property("type"u8, "tun"u8);
        json.Property("name"u8, device.Name);
        json.Property("index"u8, device.Index);
        json.Property("is_up"u8, device.State.IsUp);
        json.Property("mtu"u8, device.State.Mtu);
        json.BeginArray("addresses"u8);
        foreach (TunAddress address in device.State.Addresses)
        {
            json.Value(address.ToString());
        }

        json.EndArray();
        json.Name("is_persistent"u8);
        if (device.IsPersistent is { } isPersistent)
        {
            json.Value(isPersistent);
        }
        else
        {
            json.Null();
            json.Reason("is_persistent"u8, "unsupported: the system does not say");
        }

        WriteNumber(json, "owner_id"u8, device.OwnerId, "none");
        WriteNumber(json, "queue_count"u8, device.QueueCount, "unsupported: the system says it of devices with several queues only");
        json.EndObject();
    }

    /// <summary>A change, as `sonde tun watch` tells it.</summary>
    internal static void WriteChange(JsonText json, (DateTimeOffset Time, string Device, TunChange Change) record)
    {
        TunChange change = record.Change;
        json.BeginObject();
        json.Property("type"u8, "change"u8);
        json.Property("time"u8, record.Time);
        json.Property("device"u8, record.Device);
        json.Property("change"u8, Words.Of(change.Kind));
        if (change.Mtu is { } mtu)
        {
            json.Property("mtu"u8, mtu);
        }

        if (change.Address is not null)
        {
            json.Property("address"u8, change.Address.ToString());
        }

        if (change.Name is not null)
        {
            json.Property("name"u8, change.Name);
        }

        json.EndObject();
    }

    /// <summary>One mode of `sonde tun bench`.</summary>
    internal static void WriteRun(JsonText json, TunBenchRun run)
    {
        json.BeginObject();
        json.Property("type"u8, "run"u8);
        json.Property("mode"u8, run.Mode);
        json.Property("granted"u8, run.Granted);
        json.Property("receive_nanoseconds_per_packet"u8, run.ReceiveNanosecondsPerPacket);
        json.Property("receive_bits_per_second"u8, run.ReceiveBitsPerSecond);
        json.Property("send_nanoseconds_per_packet"u8, run.SendNanosecondsPerPacket);
        json.Property("send_bits_per_second"u8, run.SendBitsPerSecond);
        json.Property("packets_per_call"u8, run.PacketsPerCall);
        json.Property("allocated_bytes_per_packet"u8, run.AllocatedBytesPerPacket);
        json.EndObject();
    }

    private static void WriteNumber(JsonText json, ReadOnlySpan<byte> name, long? number, string reason)
    {
        json.Name(name);
        if (number is { } value)
        {
            json.Value(value);
        }
        else
        {
            json.Null();
            json.Reason(name, reason);
        }
    }
}
