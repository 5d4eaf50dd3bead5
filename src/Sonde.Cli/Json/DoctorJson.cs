using System.Text.Json.Serialization;
using Sonde.Cli.Commands;
using Sonde.Host;
using Sonde.Host.Privileges;

namespace Sonde.Cli.Json;

/// <summary>The answer of `sonde doctor --format json`.</summary>
internal sealed class DoctorJson(DoctorReport source)
{
    public string Version { get; } = source.Version;

    public string System { get; } = source.System;

    public PrivilegesJson? Privileges { get; } = source.Privileges.HasValue ? new PrivilegesJson(source.Privileges.Value) : null;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PrivilegesReason { get; } = JsonReading.ReasonOf(source.Privileges);

    public IReadOnlyList<BackendJson> Backends { get; } = [.. source.Backends.Select(one => new BackendJson(one.Status, one.Advice))];

    public string Verdict { get; } = source.Verdict;

    public int ExitCode { get; } = source.ExitCode;

    /// <summary>A rung of a ladder.</summary>
    internal sealed class BackendJson(BackendStatus source, IReadOnlyList<string> advice)
    {
        public string Part { get; } = source.Part;

        public string Backend { get; } = source.Backend;

        public string State { get; } = Words.Of(source.State);

        public string Provides { get; } = source.Provides;

        public string Operation { get; } = source.Operation;

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Reason { get; } = source.Reason;

        public int NativeError { get; } = source.NativeError;

        public IReadOnlyList<string> MissingRights { get; } = source.MissingRights;

        public IReadOnlyList<string> Advice { get; } = advice;
    }

    /// <summary>What this process may do.</summary>
    internal sealed class PrivilegesJson(PrivilegeReport source)
    {
        public string User { get; } = source.User;

        public string UserId { get; } = source.UserId;

        public bool IsAdministrator { get; } = source.IsAdministrator;

        public bool? IsElevated { get; } = JsonReading.ValueOf(source.IsElevated);

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? IsElevatedReason { get; } = JsonReading.ReasonOf(source.IsElevated);

        public string? IntegrityLevel { get; } = JsonReading.TextOf(source.IntegrityLevel);

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? IntegrityLevelReason { get; } = JsonReading.ReasonOf(source.IntegrityLevel);

        public bool? NoNewPrivileges { get; } = JsonReading.ValueOf(source.NoNewPrivileges);

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? NoNewPrivilegesReason { get; } = JsonReading.ReasonOf(source.NoNewPrivileges);

        public IReadOnlyList<RightJson>? Rights { get; } = JsonReading.ListOf(source.Rights, right => new RightJson(right.Name, right.Enabled));

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? RightsReason { get; } = JsonReading.ReasonOf(source.Rights);

        public IReadOnlyList<DeviceJson>? Devices { get; } = JsonReading.ListOf(source.Devices, device => new DeviceJson(device.Device, Words.Of(device.Status), device.Reason));

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? DevicesReason { get; } = JsonReading.ReasonOf(source.Devices);
    }

    /// <summary>A right.</summary>
    internal sealed record RightJson(string Name, bool Enabled);

    /// <summary>A device.</summary>
    internal sealed record DeviceJson(string Device, string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason);
}
