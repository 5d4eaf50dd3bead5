using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>The names of all fields, for `--fields help`.</summary>
internal static class PsFieldHelp
{
    private static readonly TableColumn[] s_columns = [new("FIELD"), new("KIND", 1), new("READ", 2), new("ALSO CALLED", 3)];

    internal static void Write(CommandOutput output) => output.Write(TextTable.Draw(
        s_columns,
        [.. PsFields.All.All.Select(static field => new[] { field.Name, KindOf(field.Kind), TierOf((ProcessFields)field.Needs), string.Join(", ", field.Aliases) })],
        output.Screen.Width,
        output.Screen.Style));

    internal static string KindOf(FieldKind kind) => kind switch
    {
        FieldKind.Number => "number",
        FieldKind.Bytes => "bytes",
        FieldKind.Count => "count",
        FieldKind.Real => "fraction",
        FieldKind.Boolean => "true or false",
        FieldKind.Time => "time",
        FieldKind.Duration => "seconds",
        FieldKind.List => "list",
        _ => "text",
    };

    private static string TierOf(ProcessFields needs) =>
        (needs & ProcessFields.OnRequest) != ProcessFields.None ? "on request, costly"
        : (needs & ProcessFields.Identity) != ProcessFields.None ? "once per process"
        : "each time";
}
