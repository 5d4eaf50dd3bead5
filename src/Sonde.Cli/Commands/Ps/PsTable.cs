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
        IEnumerable<(ProcessRecord Process, string Branch)> rows = options.IsTree ? PsTree.Arrange(processes) : processes.Select(static process => (process, string.Empty));
        string[][] cells = [.. rows.Select(row => options.Fields.Select(field => Cell(field, row.Process, field == branched ? row.Branch : string.Empty, zone)).ToArray())];
        FitCommand(options.Fields, columns, cells, screen.Width);
        TextTable.Draw(columns, cells, screen.Width, screen.Style, text, onLine);
    }

    // A command line gives way before any other column does, down to a width at which it still tells something.
    private static void FitCommand(IReadOnlyList<RecordField<ProcessRecord>> fields, TableColumn[] columns, string[][] cells, int width)
    {
        const int Gap = 2;
        int command = fields.TakeWhile(static field => field.Name != "command").Count();
        if (command == fields.Count || width == int.MaxValue)
        {
            return;
        }

        int others = 0;
        for (int at = 0; at < columns.Length; at++)
        {
            int widest = cells.Length == 0 ? 0 : cells.Max(row => row[at].Length);
            others += at == command || (widest == 0 && columns[at].Rank != 0) ? 0 : Math.Max(widest, columns[at].Header.Length) + Gap;
        }

        int room = Math.Max(width - others, Math.Min(NarrowestCommand, width));
        foreach (string[] row in cells)
        {
            row[command] = CellWidth.Cut(row[command], room);
        }
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
    private static int RankOf(RecordField<ProcessRecord> field, int at) => field.Name is "pid" or "command" or "name" ? 0 : at + 1;

    private static string Cell(RecordField<ProcessRecord> field, ProcessRecord process, string branch, TimeZoneInfo zone) =>
        branch + SafeText.OneLine(PsCells.Of(field, process, zone));
}
