using System.Globalization;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>Processes as tab-separated values.</summary>
internal static class PsTsv
{
    internal static void WriteHeader(CommandOutput output, IReadOnlyList<RecordField<ProcessRecord>> fields, bool isWatch)
    {
        IEnumerable<string> names = fields.Select(static field => field.Name);
        output.WriteTsv(isWatch ? names.Prepend("time") : names);
    }

    internal static void Write(CommandOutput output, IReadOnlyList<RecordField<ProcessRecord>> fields, IReadOnlyList<ProcessRecord> processes, DateTimeOffset? time = null)
    {
        string? stamp = time?.ToString("O", CultureInfo.InvariantCulture);
        foreach (ProcessRecord process in processes)
        {
            IEnumerable<string> cells = fields.Select(field => Cell(field, process));
            output.WriteTsv(stamp is null ? cells : cells.Prepend(stamp));
        }
    }

    // A value, "-" when there is none, and "(denied)" and the like when it could not be read.
    private static string Cell(RecordField<ProcessRecord> field, ProcessRecord process)
    {
        FieldValue value = field.Read(process);
        return value.HasValue ? value.Format(field.Kind) : value.Status == ReadingStatus.None ? "-" : $"({Reading.Describe(value.Status, null)})";
    }
}
