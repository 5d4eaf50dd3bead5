using System.ComponentModel;
using Sonde.Traffic;

namespace Sonde.Cli.Commands.Snapshot;

/// <summary>The words for what the monitor knows.</summary>
internal static class TrafficWords
{
    internal static string Of(TrafficBackend value) => value switch
    {
        TrafficBackend.Automatic => "auto",
        TrafficBackend.Bpf => "bpf",
        TrafficBackend.EventTrace => "etw",
        TrafficBackend.Packets => "packets",
        TrafficBackend.Sockets => "sockets",
        TrafficBackend.Tables => "tables",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(TrafficBackend)),
    };

    /// <summary>What was counted, and how.</summary>
    internal static string Describe(TrafficBackend value) => value switch
    {
        TrafficBackend.Bpf => "counted in the kernel for every socket",
        TrafficBackend.EventTrace => "payload told by the kernel for every socket",
        TrafficBackend.Packets => "counted from packets",
        TrafficBackend.Sockets => "TCP only, by the system's own counters",
        TrafficBackend.Tables => "connections only, without amounts",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(TrafficBackend)),
    };

    internal static string Of(OwnerConfidence value) => value switch
    {
        OwnerConfidence.None => "none",
        OwnerConfidence.Kernel => "kernel",
        OwnerConfidence.Exact => "exact",
        OwnerConfidence.Wildcard => "wildcard",
        OwnerConfidence.Listener => "listener",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(OwnerConfidence)),
    };

    internal static string Of(FlowDirection value) => value switch
    {
        FlowDirection.Unknown => "unknown",
        FlowDirection.Outgoing => "outgoing",
        FlowDirection.Incoming => "incoming",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(FlowDirection)),
    };

    internal static string Of(UnownedReason value) => value switch
    {
        UnownedReason.None => "none",
        UnownedReason.Pending => "pending",
        UnownedReason.Kernel => "kernel",
        UnownedReason.Icmp => "icmp",
        UnownedReason.Closed => "closed",
        UnownedReason.Denied => "denied",
        UnownedReason.OtherNamespace => "other_namespace",
        UnownedReason.Multicast => "multicast",
        UnownedReason.Forwarded => "forwarded",
        UnownedReason.Foreign => "foreign",
        UnownedReason.Overflow => "overflow",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(UnownedReason)),
    };

    /// <summary>Why traffic has no process, as the end of a sentence.</summary>
    internal static string Explain(UnownedReason value) => value switch
    {
        UnownedReason.None => "of known processes",
        UnownedReason.Pending => "whose process is still being looked for",
        UnownedReason.Kernel => "that the kernel itself sent or received: its own sockets, and answers where nobody listens",
        UnownedReason.Icmp => "of ICMP, which the kernel answers by itself",
        UnownedReason.Closed => "of sockets that were gone before their process could be found",
        UnownedReason.Denied => "of processes of other users, which only their owner and root may look into",
        UnownedReason.OtherNamespace => "in network namespaces that may not be looked into",
        UnownedReason.Multicast => "to and from multicast addresses without a listener",
        UnownedReason.Forwarded => "that this host only forwards",
        UnownedReason.Foreign => "between other hosts",
        UnownedReason.Overflow => "that found the table of flows full",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(UnownedReason)),
    };
}
