using Sonde.Cli.Records;
using Sonde.Host.Services;

namespace Sonde.Cli.Commands.Services;

/// <summary>The fields of a service by the names that options, filters, JSON and TSV share.</summary>
internal static class ServiceFields
{
    /// <summary>Every field, in the order in which programs get them.</summary>
    internal static RecordFields<ServiceRecord> All { get; } = new(
    [
        new("name", FieldKind.Text, 0, static service => FieldValue.Of(service.Name), "unit", "label"),
        new("display_name", FieldKind.Text, 0, static service => FieldValue.Of(service.DisplayName)),
        new("kind", FieldKind.Text, 0, static service => FieldValue.Of(ServiceWords.Of(service.Kind)), "type"),
        new("kind_name", FieldKind.Text, 0, static service => FieldValue.Of(service.KindName)),
        new("state", FieldKind.Text, 0, static service => FieldValue.Of(service.State, static state => FieldValue.Of(ServiceWords.Of(state)))),
        new("state_name", FieldKind.Text, 0, static service => FieldValue.Of(service.StateName), "sub"),
        new("load_state", FieldKind.Text, 0, static service => FieldValue.Of(service.LoadState), "load"),
        new("start", FieldKind.Text, 0, static service => FieldValue.Of(service.Start, static start => FieldValue.Of(ServiceWords.Of(start)))),
        new("start_name", FieldKind.Text, 0, static service => FieldValue.Of(service.StartName), "enabled"),
        new("pid", FieldKind.Number, 0, static service => FieldValue.Of(service.ProcessId)),
        new("process", FieldKind.Text, 0, static service => FieldValue.Of(service.ProcessName)),
        new("user", FieldKind.Text, 0, static service => FieldValue.Of(service.User), "account"),
        new("since", FieldKind.Time, 0, static service => FieldValue.Of(service.Since)),
        new("exit_code", FieldKind.Number, 0, static service => FieldValue.Of(service.ExitCode)),
        new("exit_signal", FieldKind.Number, 0, static service => FieldValue.Of(service.ExitSignal)),
        new("result", FieldKind.Text, 0, static service => FieldValue.Of(service.Result)),
        new("restarts", FieldKind.Count, 0, static service => FieldValue.Of(service.Restarts)),
        new("path", FieldKind.Text, 0, static service => FieldValue.Of(service.Path)),
        new("command", FieldKind.Text, 0, static service => FieldValue.Of(service.Command)),
        new("description", FieldKind.Text, 0, static service => FieldValue.Of(service.Description)),
    ]);
}
