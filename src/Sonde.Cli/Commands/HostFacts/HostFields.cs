using Sonde.Cli.Records;
using Sonde.Host.Systems;

namespace Sonde.Cli.Commands.HostFacts;

/// <summary>The facts of `sonde host` by the names that programs get, in their groups.</summary>
internal static class HostFields
{
    internal static RecordField<HostRecord>[] System { get; } =
    [
        new("name", FieldKind.Text, 0, static host => FieldValue.Of(host.Name)),
        new("version", FieldKind.Text, 0, static host => FieldValue.Of(host.Version)),
        new("build", FieldKind.Text, 0, static host => FieldValue.Of(host.Build)),
        new("edition", FieldKind.Text, 0, static host => FieldValue.Of(host.Edition)),
        new("kernel", FieldKind.Text, 0, static host => FieldValue.Of(host.Kernel)),
        new("architecture", FieldKind.Text, 0, static host => FieldValue.Of(host.Architecture)),
        new("host_name", FieldKind.Text, 0, static host => FieldValue.Of(host.HostName)),
        new("domain", FieldKind.Text, 0, static host => FieldValue.Of(host.Domain)),
        new("installed", FieldKind.Time, 0, static host => FieldValue.Of(host.Installed)),
        new("started", FieldKind.Time, 0, static host => FieldValue.Of(host.Started)),
    ];

    internal static RecordField<HostRecord>[] Hardware { get; } =
    [
        new("manufacturer", FieldKind.Text, 0, static host => FieldValue.Of(host.Manufacturer)),
        new("model", FieldKind.Text, 0, static host => FieldValue.Of(host.Model)),
        new("firmware_vendor", FieldKind.Text, 0, static host => FieldValue.Of(host.FirmwareVendor)),
        new("firmware_version", FieldKind.Text, 0, static host => FieldValue.Of(host.FirmwareVersion)),
        new("firmware_date", FieldKind.Text, 0, static host => FieldValue.Of(host.FirmwareDate)),
        new("processor", FieldKind.Text, 0, static host => FieldValue.Of(host.Processor)),
        new("processors", FieldKind.Count, 0, static host => FieldValue.Of(host.Processors)),
        new("memory_bytes", FieldKind.Bytes, 0, static host => FieldValue.Of(host.MemoryBytes)),
        new("hypervisor", FieldKind.Text, 0, static host => FieldValue.Of(host.Hypervisor)),
    ];

    internal static RecordField<HostRecord>[] Security { get; } =
    [
        new("secure_boot", FieldKind.Boolean, 0, static host => FieldValue.Of(host.SecureBoot)),
        new("security_modules", FieldKind.List, 0, static host => FieldValue.Of(host.SecurityModules)),
        new("selinux", FieldKind.Text, 0, static host => FieldValue.Of(host.SELinux)),
        new("apparmor", FieldKind.Text, 0, static host => FieldValue.Of(host.AppArmor)),
        new("lockdown", FieldKind.Text, 0, static host => FieldValue.Of(host.Lockdown)),
        new("ptrace_scope", FieldKind.Text, 0, static host => FieldValue.Of(host.PtraceScope)),
        new("system_integrity", FieldKind.Text, 0, static host => FieldValue.Of(host.SystemIntegrity)),
        new("user_account_control", FieldKind.Boolean, 0, static host => FieldValue.Of(host.UserAccountControl)),
        new("lsa_protection", FieldKind.Boolean, 0, static host => FieldValue.Of(host.LsaProtection)),
        new("memory_integrity", FieldKind.Boolean, 0, static host => FieldValue.Of(host.MemoryIntegrity)),
        new("defender_enabled", FieldKind.Boolean, 0, static host => FieldValue.Of(host.Defender, static defender => FieldValue.Of(defender.IsEnabled))),
        new("defender_real_time", FieldKind.Boolean, 0, static host => FieldValue.Of(host.Defender, static defender => FieldValue.Of(defender.IsRealTime))),
        new("defender_tamper_protected", FieldKind.Boolean, 0, static host => FieldValue.Of(host.Defender, static defender => FieldValue.Of(defender.IsTamperProtected))),
        new("defender_version", FieldKind.Text, 0, static host => FieldValue.Of(host.Defender, static defender => FieldValue.Of(defender.ProductVersion))),
        new("defender_definitions", FieldKind.Text, 0, static host => FieldValue.Of(host.Defender, static defender => FieldValue.Of(defender.Definitions))),
        new("defender_definitions_updated", FieldKind.Time, 0, static host => FieldValue.Of(host.Defender, static defender => FieldValue.Of(defender.DefinitionsUpdated))),
    ];

    internal static RecordField<HostLoad>[] Load { get; } =
    [
        new("uptime", FieldKind.Duration, 0, static load => FieldValue.Of(load.Uptime)),
        new("processor_percent", FieldKind.Real, 0, static load => FieldValue.Of(load.ProcessorPercent)),
        new("processor_queue", FieldKind.Count, 0, static load => FieldValue.Of(load.ProcessorQueue)),
        new("load_1", FieldKind.Real, 0, static load => FieldValue.Of(load.LoadAverages.Select(static averages => averages[0]))),
        new("load_5", FieldKind.Real, 0, static load => FieldValue.Of(load.LoadAverages.Select(static averages => averages[1]))),
        new("load_15", FieldKind.Real, 0, static load => FieldValue.Of(load.LoadAverages.Select(static averages => averages[2]))),
        new("processes", FieldKind.Count, 0, static load => FieldValue.Of(load.Processes)),
        new("threads", FieldKind.Count, 0, static load => FieldValue.Of(load.Threads)),
        new("context_switches_per_second", FieldKind.Real, 0, static load => FieldValue.Of(load.ContextSwitchesPerSecond)),
        new("memory_available_bytes", FieldKind.Bytes, 0, static load => FieldValue.Of(load.MemoryAvailableBytes)),
        new("committed_bytes", FieldKind.Bytes, 0, static load => FieldValue.Of(load.CommittedBytes)),
        new("commit_limit_bytes", FieldKind.Bytes, 0, static load => FieldValue.Of(load.CommitLimitBytes)),
        new("swap_used_bytes", FieldKind.Bytes, 0, static load => FieldValue.Of(load.SwapUsedBytes)),
        new("disk_read_bytes_per_second", FieldKind.Real, 0, static load => FieldValue.Of(load.DiskReadBytesPerSecond)),
        new("disk_write_bytes_per_second", FieldKind.Real, 0, static load => FieldValue.Of(load.DiskWriteBytesPerSecond)),
        new("network_received_bytes_per_second", FieldKind.Real, 0, static load => FieldValue.Of(load.NetworkReceivedBytesPerSecond)),
        new("network_sent_bytes_per_second", FieldKind.Real, 0, static load => FieldValue.Of(load.NetworkSentBytesPerSecond)),
    ];

    internal static RecordField<SecurityProduct>[] Product { get; } =
    [
        new("kind", FieldKind.Text, 0, static product => FieldValue.Of(product.Kind)),
        new("name", FieldKind.Text, 0, static product => FieldValue.Of(product.Name)),
        new("state", FieldKind.Text, 0, static product => FieldValue.Of(product.State)),
        new("up_to_date", FieldKind.Boolean, 0, static product => FieldValue.Of(product.IsUpToDate)),
        new("from_microsoft", FieldKind.Boolean, 0, static product => FieldValue.Of(product.IsFromMicrosoft)),
        new("path", FieldKind.Text, 0, static product => FieldValue.Of(product.Path)),
    ];

    internal static RecordField<HostUpdate>[] Update { get; } =
    [
        new("id", FieldKind.Text, 0, static update => FieldValue.Of(update.Id)),
        new("description", FieldKind.Text, 0, static update => FieldValue.Of(update.Description)),
        new("installed", FieldKind.Text, 0, static update => FieldValue.Of(update.Installed)),
        new("installed_by", FieldKind.Text, 0, static update => FieldValue.Of(update.InstalledBy)),
    ];
}
