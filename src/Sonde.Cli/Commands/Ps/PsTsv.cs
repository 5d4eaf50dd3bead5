using System.Globalization;
using System.Text;
using Sonde.Cli.Output;
using Sonde.Cli.Records;
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
        var line = new StringBuilder();
        foreach (ProcessRecord process in processes)
        {
            line.Clear().Append(stamp);
            for (int at = 0; at < fields.Count; at++)
            {
                if (at > 0 || stamp is not null)
                {
                    line.Append('\t');
                }

                RecordTsv.Append(line, fields[at], process);
            }

            output.Write(line.Append('\n').ToString());
        }
    }
}
