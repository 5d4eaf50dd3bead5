using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Commands;

/// <summary>Interfaces for people: pure functions of a snapshot and a screen.</summary>
internal static class InterfacesPretty
{
    private static readonly TableColumn[] s_columns =
    [
        new("NAME"), new("STATE"), new("KIND", 1), new("ADDRESSES", 2), new("GATEWAY", 6), new("MAC", 7), new("MTU", 8, IsNumber: true), new("SPEED", 5, IsNumber: true),
        new("RX", 3, IsNumber: true), new("TX", 3, IsNumber: true), new("ERRORS", 4, IsNumber: true), new("DROPS", 4, IsNumber: true), new("DNS", 9),
    ];

    private static readonly TableColumn[] s_watchColumns =
    [
        new("NAME"), new("STATE", 2), new("RX/s", 0, IsNumber: true), new("TX/s", 0, IsNumber: true), new("RX pkt/s", 3, IsNumber: true), new("TX pkt/s", 3, IsNumber: true),
        new("ERR/s", 4, IsNumber: true), new("DROP/s", 4, IsNumber: true), new("RX", 5, IsNumber: true), new("TX", 5, IsNumber: true),
    ];

    /// <summary>A line an interface.</summary>
    internal static string Table(IReadOnlyList<NetworkInterface> shown, Screen screen) =>
        TextTable.Draw(s_columns, [.. shown.Select(Row)], screen.Width, screen.Style);

    /// <summary>What each interface moved per second since the last reading.</summary>
    internal static string Rates(IReadOnlyList<(NetworkInterface Interface, Reading<InterfaceRates> Rates)> shown, Screen screen) =>
        TextTable.Draw(s_watchColumns, [.. shown.Select(one => RateRow(one.Interface, one.Rates))], screen.Width, screen.Style);

    /// <summary>Everything known about one interface.</summary>
    internal static string Card(NetworkInterface one, InterfaceSnapshot snapshot, Screen screen)
    {
        var lines = new List<(string Label, string Value)>
        {
            ("name", one.Name),
            ("index", one.Index.ToString(CultureInfo.InvariantCulture)),
            ("kind", Words.Of(one.Kind) + (one.KindName == Words.Of(one.Kind) ? string.Empty : $" ({one.KindName})")),
            ("description", Text(one.Description)),
            ("system name", one.SystemName.Status == ReadingStatus.Unsupported ? string.Empty : Text(one.SystemName)),
            ("state", $"{State(one)} (administrative {Words.Of(one.AdministrativeState)}, operational {Words.Of(one.OperationalState)})"),
            ("flags", string.Join(' ', one.Flags)),
            ("link type", one.LinkType),
            ("mac", Text(one.HardwareAddress)),
            ("mac broadcast", Text(one.HardwareBroadcast)),
            ("mtu", Text(one.Mtu)),
            ("speed", one.LinkSpeedBitsPerSecond.HasValue ? Units.BitsPerSecond(one.LinkSpeedBitsPerSecond.Value) : one.LinkSpeedBitsPerSecond.ToString()),
            ("lower", Relative(one.LowerIndex, snapshot, one.LowerNamespaceId)),
            ("master", Relative(one.MasterIndex, snapshot, Reading.None<int>())),
        };
        AddList(lines, "address", one.Addresses, AddressText);
        AddList(lines, "gateway", one.DefaultGateways, gateway => GatewayText(gateway) + Detail(gateway));
        AddList(lines, "dns", one.DnsServers, server => server.ToString());
        AddList(lines, "search", one.SearchDomains, domain => domain);
        if (one.Counters.TryGetValue(out InterfaceCounters? counters))
        {
            lines.Add(("received", $"{Units.Bytes(counters.ReceivedBytes)}, {counters.ReceivedPackets} packets, {counters.ReceiveErrors} errors, {counters.ReceiveDrops} drops, {Text(counters.ReceivedMulticast)} multicast"));
            lines.Add(("sent", $"{Units.Bytes(counters.SentBytes)}, {counters.SentPackets} packets, {counters.SendErrors} errors, {Text(counters.SendDrops)} drops, {Text(counters.Collisions)} collisions"));
        }
        else
        {
            lines.Add(("counters", one.Counters.ToString()));
        }

        var text = new StringBuilder();
        int labelWidth = lines.Max(line => line.Label.Length);
        foreach ((string label, string value) in lines.Where(line => line.Value.Length > 0))
        {
            text.Append(screen.Style.Heading(label)).Append(' ', labelWidth - label.Length + 2).Append(SafeText.OneLine(value)).Append('\n');
        }

        return text.ToString();
    }

    internal static string WithPrefix(InterfaceAddress address) =>
        string.Create(CultureInfo.InvariantCulture, $"{PlainAddress(address.Address)}/{address.PrefixLength}");

    internal static string GatewayText(DefaultGateway gateway) => gateway.Address.HasValue
        ? PlainAddress(gateway.Address.Value)
        : gateway.Family == AddressFamily.InterNetwork ? "on-link" : "on-link (IPv6)";

    /// <summary>One word for a person: "off" when the administrator wants it so, else what it does.</summary>
    internal static string State(NetworkInterface one) => one switch
    {
        { AdministrativeState: AdministrativeState.Down } => "off",

        // Loopback and TUN drivers never tell more than that they are switched on.
        { OperationalState: OperationalState.Unknown } => "up",
        { OperationalState: OperationalState.LowerLayerDown } => "no carrier",
        { OperationalState: OperationalState.NotPresent } => "absent",
        _ => Words.Of(one.OperationalState),
    };

    private static string[] Row(NetworkInterface one) =>
    [
        one.Name,
        State(one),
        Words.Of(one.Kind),
        one.Addresses.HasValue ? string.Join('\n', one.Addresses.Value.Select(WithPrefix)) : Short(one.Addresses),
        one.DefaultGateways.HasValue ? string.Join('\n', one.DefaultGateways.Value.Select(GatewayText)) : Short(one.DefaultGateways),
        Short(one.HardwareAddress),
        Short(one.Mtu),
        one.LinkSpeedBitsPerSecond.HasValue ? Units.BitsPerSecond(one.LinkSpeedBitsPerSecond.Value) : string.Empty,
        one.Counters.HasValue ? Units.Bytes(one.Counters.Value.ReceivedBytes) : Short(one.Counters),
        one.Counters.HasValue ? Units.Bytes(one.Counters.Value.SentBytes) : Short(one.Counters),
        one.Counters.HasValue ? NonZero(one.Counters.Value.ReceiveErrors + one.Counters.Value.SendErrors) : Short(one.Counters),
        one.Counters.HasValue ? NonZero(one.Counters.Value.ReceiveDrops + one.Counters.Value.SendDrops.GetValueOrDefault(0)) : Short(one.Counters),
        one.DnsServers.HasValue ? string.Join('\n', one.DnsServers.Value) : string.Empty,
    ];

    private static string[] RateRow(NetworkInterface one, Reading<InterfaceRates> reading)
    {
        string Rate(Func<InterfaceRates, double> choose, Func<double, string> unit) => reading.HasValue ? unit(choose(reading.Value)) : "-";
        return
        [
            one.Name,
            State(one),
            Rate(rates => rates.ReceivedBytesPerSecond, Units.BytesPerSecond),
            Rate(rates => rates.SentBytesPerSecond, Units.BytesPerSecond),
            Rate(rates => rates.ReceivedPacketsPerSecond, Units.Count),
            Rate(rates => rates.SentPacketsPerSecond, Units.Count),
            Rate(rates => rates.ErrorsPerSecond, Units.Count),
            Rate(rates => rates.DropsPerSecond, Units.Count),
            one.Counters.HasValue ? Units.Bytes(one.Counters.Value.ReceivedBytes) : Short(one.Counters),
            one.Counters.HasValue ? Units.Bytes(one.Counters.Value.SentBytes) : Short(one.Counters),
        ];
    }

    // The index behind a link-local address is the interface that the row is about.
    private static string PlainAddress(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()).ToString() : address.ToString();

    private static string AddressText(InterfaceAddress address)
    {
        var text = new StringBuilder(WithPrefix(address));
        text.Append(CultureInfo.InvariantCulture, $"  scope {(address.Scope == AddressScope.Custom ? address.ScopeId.ToString(CultureInfo.InvariantCulture) : Words.Of(address.Scope))}");
        if (address.Peer.HasValue)
        {
            text.Append(CultureInfo.InvariantCulture, $", peer {PlainAddress(address.Peer.Value)}");
        }

        if (address.Broadcast.HasValue)
        {
            text.Append(CultureInfo.InvariantCulture, $", broadcast {address.Broadcast.Value}");
        }

        foreach (string word in Words.Of(address.State))
        {
            text.Append(", ").Append(word.Replace('_', ' '));
        }

        if (address.ValidLifetime.HasValue && address.ValidLifetime.Value != Timeout.InfiniteTimeSpan)
        {
            text.Append(CultureInfo.InvariantCulture, $", valid {address.ValidLifetime.Value.TotalSeconds:0} s");
        }

        if (address.PreferredLifetime.HasValue && address.PreferredLifetime.Value != Timeout.InfiniteTimeSpan)
        {
            text.Append(CultureInfo.InvariantCulture, $", preferred {address.PreferredLifetime.Value.TotalSeconds:0} s");
        }

        return text.ToString();
    }

    private static string Detail(DefaultGateway gateway)
    {
        string metric = gateway.Metric.HasValue ? $"  metric {gateway.Metric.Value.ToString(CultureInfo.InvariantCulture)}" : string.Empty;
        return gateway.Protocol.HasValue ? $"{metric}, {gateway.Protocol.Value}" : metric;
    }

    private static void AddList<T>(List<(string Label, string Value)> lines, string label, Reading<IReadOnlyList<T>> reading, Func<T, string> toText)
    {
        if (!reading.HasValue)
        {
            lines.Add((label, reading.ToString()));
            return;
        }

        foreach (T item in reading.Value)
        {
            lines.Add((label, toText(item)));
        }
    }

    private static string Relative(Reading<int> index, InterfaceSnapshot snapshot, Reading<int> namespaceId)
    {
        if (!index.HasValue)
        {
            return Text(index);
        }

        string number = index.Value.ToString(CultureInfo.InvariantCulture);
        return namespaceId.HasValue ? $"index {number} in another network namespace ({namespaceId.Value.ToString(CultureInfo.InvariantCulture)})"
            : snapshot.Interfaces.FirstOrDefault(one => one.Index == index.Value) is { } other ? $"{other.Name} ({number})"
            : $"index {number}, which is not shown here";
    }

    // What is simply not there needs no line; what could not be read does.
    private static string Text<T>(Reading<T> reading) => reading.Status == ReadingStatus.None ? string.Empty : reading.ToString();

    private static string Short<T>(Reading<T> reading) => reading.Status switch
    {
        ReadingStatus.Ok => reading.ToString(),
        ReadingStatus.None => string.Empty,
        _ => $"({Reading.Describe(reading.Status, null)})",
    };

    private static string NonZero(ulong value) => value == 0 ? string.Empty : value.ToString(CultureInfo.InvariantCulture);
}
