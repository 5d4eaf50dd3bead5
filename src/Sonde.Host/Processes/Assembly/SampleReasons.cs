namespace Sonde.Host.Processes.Assembly;

/// <summary>The words behind the statuses and numbers of an engine's samples: the same for every process, so they are kept once.</summary>
/// <param name="entries">Fields, status, reason; the first that fits counts.</param>
internal sealed class SampleReasons(params (SampleFields Fields, ReadingStatus Status, string Reason)[] entries)
{
    /// <summary>How the system of this engine names a terminal by its device number.</summary>
    internal Func<uint, string> TerminalName { get; init; } = static device => device.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The reason why <paramref name="field"/> has <paramref name="status"/>.</summary>
    internal string? Of(SampleFields field, ReadingStatus status)
    {
        foreach ((SampleFields fields, ReadingStatus with, string reason) in entries)
        {
            if (with == status && (fields & field) != SampleFields.None)
            {
                return reason;
            }
        }

        return status switch
        {
            ReadingStatus.NotCollected => "nobody asked for it",
            ReadingStatus.Unsupported => "this system or engine does not tell",
            _ => null,
        };
    }
}
