using System.Collections;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>The cells of a table of processes, made row by row whenever they are gone through: ten thousand rows are never in memory at once.</summary>
/// <remarks>A row is on loan until the next one. What many processes have in common is put into words once.</remarks>
internal sealed class PsRows : IEnumerable<string[]>
{
    private const int MaxKnown = 4096;
    private readonly Dictionary<(RecordField<ProcessRecord> Field, long Value), string> _known = [];
    private readonly IEnumerable<(ProcessRecord Process, string Branch)> _processes;
    private readonly IReadOnlyList<RecordField<ProcessRecord>> _fields;
    private readonly RecordField<ProcessRecord>? _branched;
    private readonly TimeZoneInfo _zone;
    private (string Whole, string Cut) _last = (string.Empty, string.Empty);

    /// <summary>Makes the rows of processes, which may be gone through more than once.</summary>
    /// <param name="processes">The processes, each with the branch of a tree before it.</param>
    /// <param name="fields">The columns.</param>
    /// <param name="branched">The column that the tree is drawn in, if it is one.</param>
    /// <param name="zone">Where times are shown.</param>
    internal PsRows(
        IEnumerable<(ProcessRecord Process, string Branch)> processes, IReadOnlyList<RecordField<ProcessRecord>> fields, RecordField<ProcessRecord>? branched, TimeZoneInfo zone)
    {
        _processes = processes;
        _fields = fields;
        _branched = branched;
        _zone = zone;
        Command = fields.TakeWhile(static one => one.Name != "command").Count();
    }

    /// <summary>The column of the command line; as many as there are fields when it is not asked for.</summary>
    internal int Command { get; }

    /// <summary>How wide a command line may be.</summary>
    internal int CommandRoom { get; set; } = int.MaxValue;

    public IEnumerator<string[]> GetEnumerator()
    {
        string[] row = new string[_fields.Count];
        foreach ((ProcessRecord process, string branch) in _processes)
        {
            for (int at = 0; at < row.Length; at++)
            {
                row[at] = Cell(_fields[at], process, _fields[at] == _branched ? branch : string.Empty);
            }

            if (Command < row.Length && CommandRoom != int.MaxValue)
            {
                row[Command] = Cut(row[Command]);
            }

            yield return row;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string Cell(RecordField<ProcessRecord> column, ProcessRecord process, string branch)
    {
        FieldValue value = column.Read(process);
        if (!value.HasValue || column.Kind is FieldKind.Text or FieldKind.List)
        {
            return branch + SafeText.OneLine(PsCells.Of(column, process, _zone));
        }

        if (!_known.TryGetValue((column, value.Integer), out string? text))
        {
            text = SafeText.OneLine(RecordCells.Of(value, column.Kind, _zone));
            if (_known.Count < MaxKnown)
            {
                _known.Add((column, value.Integer), text);
            }
        }

        return branch + text;
    }

    private string Cut(string command)
    {
        if (!ReferenceEquals(command, _last.Whole))
        {
            _last = (command, CellWidth.Cut(command, CommandRoom));
        }

        return _last.Cut;
    }
}
