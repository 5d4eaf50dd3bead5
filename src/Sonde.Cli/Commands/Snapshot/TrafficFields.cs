using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Traffic;

namespace Sonde.Cli.Commands.Snapshot;

/// <summary>The fields of a row by the names that filters, sorting and NDJSON share.</summary>
internal static class TrafficFields
{
    /// <summary>Every field.</summary>
    internal static RecordFields<TrafficRow> All { get; } = new(
    [
        new("pid", FieldKind.Number, 0, static row => row.Process is { } process ? FieldValue.Of(process.Pid) : None()),
        new("process", FieldKind.Text, 0, static row => FieldValue.Of(row.Name), "name", "proc"),
        new("user", FieldKind.Text, 0, static row => row.Process is { } process ? FieldValue.Of(TrafficRows.UserOf(process)) : None()),
        new("container", FieldKind.Text, 0, static row => row.Process is { } process ? FieldValue.Of(Container(process)) : None()),
        new("command", FieldKind.Text, 0, static row => OfIdentity(row, static identity => FieldValue.Of(identity.Arguments, static arguments => FieldValue.Of(arguments.Text)))),
        new("exe", FieldKind.Text, 0, static row => OfIdentity(row, static identity => FieldValue.Of(identity.Image, static image => FieldValue.Of(image.Path)))),
        new("running", FieldKind.Boolean, 0, static row => row.Process is { } process ? FieldValue.Of(process.IsRunning ? 1 : 0) : None()),
        new("rx_bytes", FieldKind.Bytes, 0, static row => FieldValue.Of(row.Counters.ReceivedBytes), "rx"),
        new("tx_bytes", FieldKind.Bytes, 0, static row => FieldValue.Of(row.Counters.SentBytes), "tx"),
        new("rx_packets", FieldKind.Count, 0, static row => FieldValue.Of(row.Counters.ReceivedPackets)),
        new("tx_packets", FieldKind.Count, 0, static row => FieldValue.Of(row.Counters.SentPackets)),
        new("bytes", FieldKind.Bytes, 0, static row => FieldValue.Of(row.Counters.Bytes), "traffic"),
        new("rx_rate", FieldKind.Bytes, 0, static row => FieldValue.Of((long)row.Rates.ReceivedBytesPerSecond)),
        new("tx_rate", FieldKind.Bytes, 0, static row => FieldValue.Of((long)row.Rates.SentBytesPerSecond)),
        new("rate", FieldKind.Bytes, 0, static row => FieldValue.Of((long)row.Rates.BytesPerSecond)),
        new("connections", FieldKind.Count, 0, static row => FieldValue.Of(row.Connections), "conns"),
    ]);

    private static FieldValue None() => FieldValue.Of(Reading.None<string>());

    private static Reading<string> Container(ProcessTraffic process) =>
        process.Identity.TryGetValue(out ProcessIdentity? identity) ? identity.Container.Select(static container => $"{container.Runtime} {container.ShortId}") : Reading.None<string>();

    private static FieldValue OfIdentity(TrafficRow row, Func<ProcessIdentity, FieldValue> read) =>
        row.Process is { } process ? FieldValue.Of(process.Identity, read) : None();
}
