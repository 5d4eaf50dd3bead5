using Sonde.Cli.Commands.Snapshot;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Traffic.Dns;

namespace Sonde.Cli.Commands.DnsWatch;

/// <summary>The fields of a question and its answer by the names that filters, sorting, JSON and TSV share.</summary>
internal static class DnsFields
{
    /// <summary>Every field.</summary>
    internal static RecordFields<DnsExchange> All { get; } = new(
    [
        new("time", FieldKind.Time, 0, static one => FieldValue.Of(one.Time.UtcTicks)),
        new("pid", FieldKind.Number, 0, static one => FieldValue.Of(one.ProcessId is { } pid ? pid : WhyNot<int>(one))),
        new("process", FieldKind.Text, 0, static one => FieldValue.Of(one.ProcessName is { } name ? name : WhyNot<string>(one)), "proc"),
        new("confidence", FieldKind.Text, 0, static one => FieldValue.Of(TrafficWords.Of(one.Confidence))),
        new("name", FieldKind.Text, 0, static one => FieldValue.Of(one.Name), "query", "qname"),
        new("type", FieldKind.Text, 0, static one => FieldValue.Of(DnsWords.Of(one.Type)), "qtype"),
        new("outcome", FieldKind.Text, 0, static one => FieldValue.Of(DnsWords.Of(one.Outcome)), "status"),
        new("rcode", FieldKind.Number, 0, static one => FieldValue.Of(one.ResponseCode >= 0 ? one.ResponseCode : Reading.None<int>("there was no answer"))),
        new("failure", FieldKind.Boolean, 0, static one => FieldValue.Of(one.IsFailure ? 1 : 0), "failed"),
        new("latency_ms", FieldKind.Real, 0, static one => FieldValue.Of(one.Latency is { } latency ? latency.TotalMilliseconds : Reading.None<double>("there was no answer to a question")), "latency"),
        new("answers", FieldKind.List, 0, static one => FieldValue.Of(Reading.Ok<IReadOnlyList<string>>([.. one.Answers.Select(static answer => $"{DnsWords.Of(answer.Type)} {answer.Data}")])), "answer"),
        new("answer_count", FieldKind.Count, 0, static one => FieldValue.Of(one.AnswerCount)),
        new("ttl", FieldKind.Number, 0, static one => FieldValue.Of(one.Answers.Count > 0 ? (long)one.Answers.Min(static answer => answer.TimeToLive).TotalSeconds : Reading.None<long>("nothing was told"))),
        new("resolver", FieldKind.Text, 0, static one => FieldValue.Of(one.Resolver.ToString()), "server"),
        new("resolver_address", FieldKind.Text, 0, static one => FieldValue.Of(one.Resolver.Address.ToString())),
        new("resolver_port", FieldKind.Number, 0, static one => FieldValue.Of(one.Resolver.Port)),
        new("responder", FieldKind.Text, 0, static one => FieldValue.Of(one.Responder.ToString())),
        new("client", FieldKind.Text, 0, static one => FieldValue.Of(one.Client.ToString())),
        new("client_address", FieldKind.Text, 0, static one => FieldValue.Of(one.Client.Address.ToString())),
        new("client_port", FieldKind.Number, 0, static one => FieldValue.Of(one.Client.Port)),
        new("protocol", FieldKind.Text, 0, static one => FieldValue.Of(DnsWords.Of(one.Kind)), "kind"),
        new("transport", FieldKind.Text, 0, static one => FieldValue.Of(one.Transport == Packets.IPProtocol.Tcp ? "tcp" : "udp")),
        new("id", FieldKind.Number, 0, static one => FieldValue.Of(one.Id)),
        new("retransmits", FieldKind.Count, 0, static one => FieldValue.Of(one.Retransmits), "retries"),
        new("authoritative", FieldKind.Boolean, 0, static one => FieldValue.Of(one.IsAuthoritative ? 1 : 0)),
        new("case_mixed", FieldKind.Boolean, 0, static one => FieldValue.Of(one.IsCaseMixed ? 1 : 0)),
        new("case_changed", FieldKind.Boolean, 0, static one => FieldValue.Of(one.IsCaseChanged ? 1 : 0)),
        new("interface_index", FieldKind.Number, 0, static one => FieldValue.Of(one.InterfaceIndex), "ifindex"),
    ]);

    /// <summary>What a row of values shows when nobody says otherwise.</summary>
    internal static IReadOnlyList<RecordField<DnsExchange>> Rows { get; } =
    [
        .. new[] { "time", "pid", "process", "type", "name", "outcome", "latency_ms", "answers", "resolver", "client", "transport", "retransmits" }
            .Select(static name => All.TryFind(name, out RecordField<DnsExchange>? field) ? field : throw new ArgumentException($"There is no field '{name}'.", nameof(name))),
    ];

    /// <summary>Every field, for lines whose "type" says what kind of line they are: there the type of record is "query_type".</summary>
    internal static IReadOnlyList<RecordField<DnsExchange>> Lines { get; } =
        [.. All.All.Select(static field => field.Name == "type" ? new RecordField<DnsExchange>("query_type", FieldKind.Text, 0, field.Read) : field)];

    private static Reading<T> WhyNot<T>(DnsExchange one) => one.UnownedReason == Traffic.UnownedReason.Denied
        ? Reading.Denied<T>(TrafficWords.Of(one.UnownedReason))
        : Reading.None<T>(TrafficWords.Of(one.UnownedReason));
}
