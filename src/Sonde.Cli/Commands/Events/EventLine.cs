using System.Globalization;
using System.Text;
using Sonde.Cli.Output;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Events;

namespace Sonde.Cli.Commands.Events;

/// <summary>An event as a line for people.</summary>
internal static class EventLine
{
    private const int UserWidth = 10;

    /// <summary>What stands over the columns.</summary>
    internal static string Heading { get; } = Columns("TIME", "EVENT", "PID", "USER", "WHAT");

    /// <summary>The line: a pure function of an event and a screen.</summary>
    internal static string Of(ProcessEvent one, TimeZoneInfo zone, Screen screen)
    {
        string time = TimeZoneInfo.ConvertTime(one.Time, zone).ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        string line = EventsOptions.IsAboutStream(one)
            ? Columns(time, EventWords.Of(one.Kind), string.Empty, string.Empty, OfStream(one))
            : Columns(time, EventWords.Of(one.Kind), one.Pid.ToString(CultureInfo.InvariantCulture), CellWidth.Cut(UserOf(one), UserWidth), What(one));
        line = CellWidth.Cut(SafeText.OneLine(line), screen.Width);
        return EventsOptions.IsAboutStream(one) ? screen.Style.Heading(line) : line;
    }

    private static string Columns(string time, string kind, string pid, string user, string what) => $"{time,-15}  {kind,-11}  {pid,7}  {user.PadRight(UserWidth)}  {what}";

    private static string OfStream(ProcessEvent one) => one.Kind == ProcessEventKind.Lost
        ? one.LostCount.TryGetValue(out long count) ? string.Create(CultureInfo.InvariantCulture, $"{count} missing: {one.Reason}") : $"an unknown number missing: {one.Reason}"
        : string.Create(CultureInfo.InvariantCulture, $"the table showed {one.FoundStarts} starts and {one.FoundExits} ends that no event had told ({one.Reason})");

    private static string What(ProcessEvent one)
    {
        var what = new StringBuilder();
        if (one.Kind == ProcessEventKind.Exited)
        {
            what.Append(How(one)).Append("  ");
        }

        what.Append(Command(one));
        if (one.Kind == ProcessEventKind.Started)
        {
            what.Append("  by ").Append(one.ParentPid.TryGetValue(out int parent) ? parent.ToString(CultureInfo.InvariantCulture) : "?");
            what.Append(one.ParentName.TryGetValue(out string? name) ? $" {name}" : string.Empty);
        }

        if (one.Identity.Container.TryGetValue(out ProcessContainer? container))
        {
            what.Append(CultureInfo.InvariantCulture, $"  in {container.Runtime}:{container.ShortId}");
        }

        if (one.Reason is not null)
        {
            what.Append(CultureInfo.InvariantCulture, $"  (found: {one.Reason})");
        }
        else if (one.Enrichment != ProcessEventEnrichment.Full && one.Kind != ProcessEventKind.Exited)
        {
            what.Append(CultureInfo.InvariantCulture, $"  ({one.EnrichmentReason})");
        }

        return what.ToString();
    }

    private static string How(ProcessEvent one)
    {
        string how = one.Signal.TryGetValue(out int signal) ? string.Create(CultureInfo.InvariantCulture, $"signal {signal}")
            : one.ExitCode.TryGetValue(out int code) ? string.Create(CultureInfo.InvariantCulture, $"code {code}")
            : "code unknown";
        return one.RunTime.TryGetValue(out TimeSpan run) ? string.Create(CultureInfo.InvariantCulture, $"{how} after {run.TotalSeconds:0.000} s") : how;
    }

    private static string Command(ProcessEvent one) =>
        one.Identity.Arguments.TryGetValue(out ProcessArguments? arguments) ? arguments.Text
        : one.Name.TryGetValue(out string? name) ? $"[{name}]"
        : "?";

    private static string UserOf(ProcessEvent one) =>
        one.Identity.User.TryGetValue(out ProcessUser? user) ? user.Name.GetValueOrDefault(user.Id) : "?";
}
