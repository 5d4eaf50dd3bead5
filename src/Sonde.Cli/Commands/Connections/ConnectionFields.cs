using System.Globalization;
using Sonde.Cli.Json;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Sockets;
using Sonde.Packets;
using Sonde.Traffic;
using Sonde.Traffic.Names;

namespace Sonde.Cli.Commands.Connections;

/// <summary>The fields of a connection by the names that options, filters, JSON and TSV share.</summary>
internal static partial class ConnectionFields
{
    /// <summary>What a table for people shows when nobody says otherwise.</summary>
    internal static readonly string[] Pretty =
        ["protocol", "state", "direction", "local", "remote", "remote_name", "process", "pid", "user", "container", "bytes_sent", "bytes_received", "rtt_ms", "retransmits", "cwnd", "started"];

    /// <summary>What a table of listeners shows.</summary>
    internal static readonly string[] Listening = ["protocol", "state", "local", "process", "pid", "user", "container", "receive_queue", "send_queue", "drops"];

    /// <summary>What a live table shows.</summary>
    internal static readonly string[] Watched =
        ["protocol", "state", "direction", "local", "remote", "remote_name", "process", "pid", "container", "send_rate", "receive_rate", "bytes_sent", "bytes_received", "rtt_ms", "retransmits", "cwnd", "first_seen"];

    /// <summary>What programs get beside the rest when names are heard or asked for.</summary>
    internal static readonly string[] Names = ["remote_name", "name_source", "server_name"];

    /// <summary>What programs get beside the rest from two readings.</summary>
    internal static readonly string[] Rates = ["send_rate", "receive_rate"];

    /// <summary>Every field.</summary>
    internal static RecordFields<Connection> All { get; } = new([.. SocketFields(), .. OwnerFields(), .. TcpFields(), .. MemoryFields()]);

    /// <summary>What programs get when they ask for nothing: all of it but names, and what takes two readings or a look at each process.</summary>
    internal static IReadOnlyList<RecordField<Connection>> Records =>
        [.. All.All.Where(static one => (one.Needs & (8 | (ulong)ConnectionNeeds.Names)) == 0 && one.Name is not ("command" or "unit"))];

    /// <summary>A field that is known to be there.</summary>
    internal static RecordField<Connection> Of(string name) =>
        All.TryFind(name, out RecordField<Connection>? field) ? field : throw new ArgumentException($"There is no field '{name}'.", nameof(name));

    /// <summary>"10.0.0.1:443", "[::]:53", "*" for an end that does not exist.</summary>
    internal static string Endpoint(FlowEndpoint endpoint, bool isThere)
    {
        if (!isThere)
        {
            return "*";
        }

        string port = endpoint.Port == 0 ? "*" : endpoint.Port.ToString(CultureInfo.InvariantCulture);
        return endpoint.Address.IsIPv4 ? $"{endpoint.Address}:{port}" : $"[{endpoint.Address}]:{port}";
    }

    private static FieldValue Port(FlowEndpoint endpoint) =>
        endpoint.Port != 0 ? FieldValue.Of(endpoint.Port) : FieldValue.Of(Reading.None<int>("it has no port"));

    private static FieldValue Milliseconds(in Reading<TimeSpan> reading) => FieldValue.Of(reading.Select(static time => time.TotalMilliseconds));

    // By the port of the end that was called.
    private static string? ServiceOf(SocketRecord socket) => ServiceNames.Of(
        new FlowKey(socket.Protocol, socket.Local, socket.Remote),
        socket.Direction switch
        {
            SocketDirection.Outbound => FlowDirection.Outgoing,
            SocketDirection.Inbound or SocketDirection.Listening => FlowDirection.Incoming,
            _ => FlowDirection.Unknown,
        });

    private static RecordField<Connection>[] SocketFields() =>
    [
        new("protocol", FieldKind.Text, 0, static one => FieldValue.Of(ConnectionWords.Of(one.Socket.Kind)), "proto", "netid", "kind"),
        new("ip_protocol", FieldKind.Number, 0, static one => FieldValue.Of((int)one.Socket.Protocol)),
        new("family", FieldKind.Text, 0, static one => FieldValue.Of(one.Socket.IsIPv6 ? "ipv6" : "ipv4")),
        new("state", FieldKind.Text, 0, static one => FieldValue.Of(ConnectionWords.Of(one.Socket.State))),
        new("direction", FieldKind.Text, 0, static one => FieldValue.Of(ConnectionWords.Of(one.Socket.Direction)), "dir"),
        new("local", FieldKind.Text, 0, static one => FieldValue.Of(Endpoint(one.Socket.Local, isThere: true)), "src"),
        new("local_address", FieldKind.Text, 0, static one => FieldValue.Of(one.Socket.Local.Address.ToString())),
        new("local_port", FieldKind.Number, 0, static one => Port(one.Socket.Local), "sport"),
        new("remote", FieldKind.Text, 0, static one => FieldValue.Of(Endpoint(one.Socket.Remote, one.Socket.HasPeer)), "dst", "peer"),
        new("remote_address", FieldKind.Text, 0, static one => one.Socket.HasPeer ? FieldValue.Of(one.Socket.Remote.Address.ToString()) : FieldValue.Of(Reading.None<string>("it has no peer"))),
        new("remote_port", FieldKind.Number, 0, static one => one.Socket.HasPeer ? Port(one.Socket.Remote) : FieldValue.Of(Reading.None<int>("it has no peer")), "dport"),
        new("remote_kind", FieldKind.Text, 0, static one => one.Socket.HasPeer ? FieldValue.Of(NameWords.Of(AddressKinds.Of(one.Socket.Remote.Address))) : FieldValue.Of(Reading.None<string>("it has no peer"))),
        new("remote_name", FieldKind.Text, (ulong)ConnectionNeeds.Names, static one => FieldValue.Of(one.RemoteName.Select(static name => name.Name)), "hostname"),
        new("name_source", FieldKind.Text, (ulong)ConnectionNeeds.Names, static one => FieldValue.Of(one.RemoteName.Select(static name => NameWords.Of(name.Source)))),
        new("server_name", FieldKind.Text, (ulong)ConnectionNeeds.Names, static one => FieldValue.Of(one.ServerName), "sni"),
        new("service", FieldKind.Text, 0, static one => FieldValue.Of(ServiceOf(one.Socket) is { } name ? name : Reading.None<string>("no service is known to have this port"))),
        new("started", FieldKind.Time, 0, static one => FieldValue.Of(one.Socket.Started), "start"),
        new("first_seen", FieldKind.Time, 0, static one => FieldValue.Of(one.Socket.FirstSeen.UtcTicks)),
        new("interface_index", FieldKind.Number, 0, static one => FieldValue.Of(one.Socket.InterfaceIndex), "ifindex"),
        new("cookie", FieldKind.Number, 0, static one => FieldValue.Of(one.Socket.Cookie)),
        new("inode", FieldKind.Number, 0, static one => FieldValue.Of(one.Socket.Inode)),
        new("network_namespace", FieldKind.Number, 0, static one => FieldValue.Of(one.Socket.NetworkNamespace), "netns"),
        new("ipv6_only", FieldKind.Boolean, 0, static one => FieldValue.Of(one.Socket.IsIPv6Only), "v6only"),
        new("mark", FieldKind.Number, 0, static one => FieldValue.Of(one.Socket.Mark)),
        new("cgroup_id", FieldKind.Number, 0, static one => FieldValue.Of(one.Socket.CgroupId)),
        new("tos", FieldKind.Number, 0, static one => FieldValue.Of(one.Socket.TypeOfService.Select(static value => (int)value))),
        new("traffic_class", FieldKind.Number, 0, static one => FieldValue.Of(one.Socket.TrafficClass.Select(static value => (int)value)), "tclass"),
        new("shutdown", FieldKind.Number, 0, static one => FieldValue.Of(one.Socket.Shutdown)),
        new("timer", FieldKind.Text, 0, static one => FieldValue.Of(one.Socket.Timer.Select(static timer => ConnectionWords.Of(timer.Kind)))),
        new("timer_ms", FieldKind.Real, 0, static one => FieldValue.Of(one.Socket.Timer.Select(static timer => timer.Remaining.TotalMilliseconds))),
        new("timer_tries", FieldKind.Count, 0, static one => FieldValue.Of(one.Socket.Timer.Select(static timer => timer.Tries))),
    ];

    private static RecordField<Connection>[] OwnerFields() =>
    [
        new("process", FieldKind.Text, (ulong)ConnectionNeeds.Owners, static one => FieldValue.Of(one.OwnerName), "name"),
        new("pid", FieldKind.Number, (ulong)ConnectionNeeds.Owners, static one => FieldValue.Of(one.Owner, static owner => FieldValue.Of(owner.Pid))),
        new("fd", FieldKind.Number, (ulong)ConnectionNeeds.Owners, static one => FieldValue.Of(one.Owner, static owner => FieldValue.Of(owner.Descriptor)), "descriptor"),
        new("process_key", FieldKind.Text, (ulong)ConnectionNeeds.Owners, static one => FieldValue.Of(one.Owner, static owner => FieldValue.Of(owner.Key.Select(Ps.PsText.Key)))),
        new("processes", FieldKind.List, (ulong)ConnectionNeeds.Owners, static one => FieldValue.Of(one.Socket.Owners.Select<IReadOnlyList<string>>(static owners => [.. owners.Select(static owner => owner.ToString())]))),
        new("owner_evidence", FieldKind.Text, (ulong)ConnectionNeeds.Owners, static one => FieldValue.Of(ConnectionWords.Of(one.Socket.Evidence))),
        new("user", FieldKind.Text, 0, static one => FieldValue.Of(one.Socket.User, static user => user.Name.HasValue ? FieldValue.Of(user.Name) : FieldValue.Of(user.Id))),
        new("uid", FieldKind.Number, 0, static one => FieldValue.Of(one.Socket.UserId)),
        new("container", FieldKind.Text, (ulong)ConnectionNeeds.Processes, static one => OfProcess(one, static process => FieldValue.Of(process.Identity.Container, static container => FieldValue.Of(Ps.PsText.Container(container))))),
        new("pod", FieldKind.Text, (ulong)ConnectionNeeds.Processes, static one => OfProcess(one, static process => FieldValue.Of(process.Identity.Pod, static pod => FieldValue.Of(pod.Uid)))),
        new("unit", FieldKind.Text, (ulong)ConnectionNeeds.Processes, static one => OfProcess(one, static process => FieldValue.Of(process.Identity.Unit, static unit => FieldValue.Of(unit.Name)))),
        new("command", FieldKind.Text, (ulong)ConnectionNeeds.Processes, static one => OfProcess(one, static process => FieldValue.Of(process.Identity.Arguments, static arguments => FieldValue.Of(arguments.Text)))),
    ];

    private static FieldValue OfProcess(Connection one, Func<Host.Processes.ProcessRecord, FieldValue> read) =>
        one.Process is { } process ? read(process)
        : one.Owner.HasValue ? FieldValue.Of(Reading.Gone<string>("the process ended while it was read"))
        : FieldValue.Absent(one.Owner);

    private static RecordField<Connection>[] MemoryFields() =>
    [
        new("receive_queue", FieldKind.Count, 0, static one => FieldValue.Of(one.Socket.ReceiveQueue), "recv_q"),
        new("send_queue", FieldKind.Count, 0, static one => FieldValue.Of(one.Socket.SendQueue), "send_q"),
        new("drops", FieldKind.Count, 0, static one => FieldValue.Of(one.Socket.Drops)),
        new("receive_memory", FieldKind.Bytes, 0, static one => FieldValue.Of(one.Socket.ReceiveMemoryBytes), "rmem"),
        new("receive_buffer", FieldKind.Bytes, 0, static one => FieldValue.Of(one.Socket.ReceiveBufferBytes), "rcvbuf"),
        new("send_memory", FieldKind.Bytes, 0, static one => FieldValue.Of(one.Socket.SendMemoryBytes), "wmem"),
        new("send_buffer", FieldKind.Bytes, 0, static one => FieldValue.Of(one.Socket.SendBufferBytes), "sndbuf"),
        new("forward_memory", FieldKind.Bytes, 0, static one => FieldValue.Of(one.Socket.ForwardMemoryBytes)),
        new("queued_memory", FieldKind.Bytes, 0, static one => FieldValue.Of(one.Socket.QueuedMemoryBytes)),
        new("option_memory", FieldKind.Bytes, 0, static one => FieldValue.Of(one.Socket.OptionMemoryBytes)),
        new("backlog_memory", FieldKind.Bytes, 0, static one => FieldValue.Of(one.Socket.BacklogMemoryBytes)),
    ];
}
