using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>Values of processes for people.</summary>
internal static class PsCells
{
    /// <summary>A value with its unit; empty for none, "(denied)" and the like for what could not be read.</summary>
    internal static string Of(RecordField<ProcessRecord> field, ProcessRecord process, TimeZoneInfo zone)
    {
        FieldValue value = field.Read(process);
        if (value.HasValue)
        {
            return RecordCells.Of(value, field.Kind, zone);
        }

        // A process without a command line is known by its name, as ps shows it.
        return field.Name == "command" && value.Status is ReadingStatus.None or ReadingStatus.NotCollected ? $"[{process.Name}]"
            : value.Status is ReadingStatus.None or ReadingStatus.NotCollected or ReadingStatus.Unsupported ? string.Empty
            : $"({Reading.Describe(value.Status, null)})";
    }
}
