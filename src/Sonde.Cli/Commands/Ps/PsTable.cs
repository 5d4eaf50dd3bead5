using System.Globalization;
using System.Text;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>Processes for people: pure functions of records and a screen.</summary>
internal static class PsTable
{
    private const int NarrowestCommand = 24;
    private const int NarrowestBesideHash = 7;

    /// <summary>A line a process.</summary>
    internal static string Draw(IReadOnlyList<ProcessRecord> processes, PsOptions options, Screen screen, TimeZoneInfo zone)
    {
        var text = new StringBuilder();
        Draw(processes, options, screen, zone, text, static _ => { });
        return text.ToString();
    }

    /// <summary>A line a process, handed out as they are drawn.</summary>
    internal static void Write(IReadOnlyList<ProcessRecord> processes, PsOptions options, CommandOutput output, TimeZoneInfo zone) =>
        Draw(processes, options, output.Screen, zone, new StringBuilder(), text =>
        {
            output.Write(text.ToString());
            text.Clear();
        });

    private static void Draw(IReadOnlyList<ProcessRecord> processes, PsOptions options, Screen screen, TimeZoneInfo zone, StringBuilder text, Action<StringBuilder> onLine)
    {
        RecordField<ProcessRecord>? branched = options.IsTree ? options.Fields.FirstOrDefault(static field => field.Name is "command" or "name") : null;
        TableColumn[] columns = [.. options.Fields.Select((field, at) => new TableColumn(field.Header, RankOf(field, at), field.IsNumber))];
        IReadOnlyList<(ProcessRecord Process, string Branch)>? tree = options.IsTree ? [.. PsTree.Arrange(processes)] : null;
        var rows = new PsRows(tree ?? processes.Select(static process => (process, string.Empty)), options.Fields, branched, zone);
        FitCommand(options.Fields, columns, rows, screen.Width);
        TextTable.Draw(columns, rows, screen.Width, screen.Style, text, onLine);
    }

    // A command line gives way before any other column does, down to a width at which it still tells something.
    private static void FitCommand(IReadOnlyList<RecordField<ProcessRecord>> fields, TableColumn[] columns, PsRows rows, int width)
    {
        const int Gap = 2;
        if (rows.Command == fields.Count || width == int.MaxValue)
        {
            return;
        }

        int[] widest = new int[columns.Length];
        foreach (string[] row in rows)
        {
            for (int at = 0; at < widest.Length; at++)
            {
                widest[at] = Math.Max(widest[at], row[at].Length);
            }
        }

        int others = 0;
        for (int at = 0; at < columns.Length; at++)
        {
            others += at == rows.Command || (widest[at] == 0 && columns[at].Rank != 0) ? 0 : Math.Max(widest[at], columns[at].Header.Length) + Gap;
        }

        // Half a hash is of no use, half a command line is.
        int narrowest = fields.Any(static one => one.Name == "sha256") ? NarrowestBesideHash : NarrowestCommand;
        rows.CommandRoom = Math.Max(width - others, Math.Min(narrowest, width));
    }

    /// <summary>Everything known about one process, and the reason beside what is not.</summary>
    internal static string Card(ProcessRecord process, ProcessSnapshot snapshot, Screen screen, TimeZoneInfo zone)
    {
        var text = new StringBuilder();
        int width = PsFields.All.All.Max(static field => field.Name.Length);
        foreach (RecordField<ProcessRecord> field in PsFields.All.All)
        {
            FieldValue value = field.Read(process);
            if (!value.HasValue)
            {
                Line(text, field.Name, screen.Style.Faint(SafeText.OneLine(Reading.Describe(value.Status, value.Reason))), width, screen);
            }
            else if (field.Kind == FieldKind.List && field.Name is not ("cap_bounding" or "cap_effective" or "cap_permitted" or "groups"))
            {
                foreach (string item in value.List)
                {
                    Line(text, field.Name, SafeText.OneLine(item), width, screen);
                }
            }
            else
            {
                string shown = RecordCells.Of(value, field.Kind, zone);
                string exact = field.Kind == FieldKind.Bytes ? string.Create(CultureInfo.InvariantCulture, $" ({value.Integer})") : string.Empty;
                Line(text, field.Name, SafeText.OneLine(shown + exact), width, screen);
            }
        }

        if (process.Parent.TryGetValue(out ProcessKey parent) && snapshot.Find(parent) is { } above)
        {
            Line(text, "parent", SafeText.OneLine($"{above.Name} ({above.Pid.ToString(CultureInfo.InvariantCulture)})"), width, screen);
        }

        foreach (ProcessRecord child in snapshot.Where(one => one.Parent.HasValue && one.Parent.Value == process.Key))
        {
            Line(text, "child", SafeText.OneLine($"{child.Name} ({child.Pid.ToString(CultureInfo.InvariantCulture)})"), width, screen);
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, string label, string value, int width, Screen screen) =>
        text.Append(screen.Style.Heading(label)).Append(' ', width - label.Length + 2).Append(value).Append('\n');

    // The id and what runs always stay; of the others the last asked for go first.
    private static int RankOf(RecordField<ProcessRecord> field, int at) => field.Name is "pid" or "command" or "name" or "sha256" ? 0 : at + 1;
}
