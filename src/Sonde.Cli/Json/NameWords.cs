using System.ComponentModel;
using Sonde.Traffic.Names;

namespace Sonde.Cli.Json;

/// <summary>The words for names and kinds of remote ends, the same in every command.</summary>
internal static class NameWords
{
    internal static string Of(NameSource value) => value switch
    {
        NameSource.None => "none",
        NameSource.Dns => "dns",
        NameSource.Multicast => "mdns",
        NameSource.Tls => "tls",
        NameSource.Quic => "quic",
        NameSource.Hosts => "hosts",
        NameSource.Reverse => "reverse",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(NameSource)),
    };

    internal static string Of(AddressKind value) => value switch
    {
        AddressKind.Global => "global",
        AddressKind.Loopback => "loopback",
        AddressKind.Private => "private",
        AddressKind.LinkLocal => "link_local",
        AddressKind.Shared => "shared",
        AddressKind.Multicast => "multicast",
        AddressKind.Broadcast => "broadcast",
        AddressKind.Documentation => "documentation",
        AddressKind.Benchmarking => "benchmarking",
        AddressKind.Unspecified => "unspecified",
        AddressKind.Reserved => "reserved",
        _ => throw new InvalidEnumArgumentException(nameof(value), (int)value, typeof(AddressKind)),
    };
}
