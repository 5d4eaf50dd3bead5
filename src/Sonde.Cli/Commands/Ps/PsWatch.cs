using System.Globalization;
using System.Text;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>`sonde ps --watch`: a reading a tick.</summary>
internal static class PsWatch
{
    // Looking into processes of others goes on needing these, by each system's own names.
    private static readonly string[] s_needed = ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_BPF", "CAP_PERFMON", "SeDebugPrivilege"];

    internal static void Run(CommandContext context, ProcessCollector collector, PsOptions options)
    {
        using var stop = new GracefulStop(endsUnread: true);
        CommandOutput output = context.Output;
        LongRun.GiveUpRights(s_needed);
        bool isScreen = options.Format == OutputFormat.Pretty && output.Screen.IsTerminal;
        if (options.Format == OutputFormat.Tsv)
        {
            PsTsv.WriteHeader(output, options.Fields, isWatch: true);
        }

        var json = new PsJson(output, options.Fields);
        var interval = TimeSpan.FromSeconds(options.Watch.Interval);
        try
        {
            // The first reading is only what the rates of the second are counted from.
            using (collector.Collect())
            {
                stop.Token.WaitHandle.WaitOne(Shorter(interval, TimeSpan.FromSeconds(0.5)));
            }

            for (int reading = 1; !stop.Token.IsCancellationRequested; reading++)
            {
                long started = context.Time.GetTimestamp();
                using (ProcessSnapshot snapshot = collector.Collect())
                {
                    Print(context, snapshot, options, json, isScreen);
                }

                output.Flush();
                if (reading == options.Watch.Count)
                {
                    return;
                }

                TimeSpan left = interval - context.Time.GetElapsedTime(started);
                if (left > TimeSpan.Zero)
                {
                    stop.Token.WaitHandle.WaitOne(left);
                }
            }
        }
        finally
        {
            if (isScreen)
            {
                output.Write("\e[?25h");
            }
        }
    }

    /// <summary>One frame: a pure function of a snapshot and a screen.</summary>
    internal static string Frame(ProcessSnapshot snapshot, IReadOnlyList<ProcessRecord> shown, PsOptions options, Screen screen, TimeZoneInfo zone)
    {
        var frame = new StringBuilder();
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeZoneInfo.ConvertTime(snapshot.Time, zone):yyyy-MM-dd HH:mm:ss}  {shown.Count} of {snapshot.Count} processes  {Total(shown):0.0} % of a processor  read in {snapshot.Duration.TotalMilliseconds:0.0} ms by {PsWords.Of(snapshot.Engine)}");
        head += snapshot.Vanished > 0 ? string.Create(CultureInfo.InvariantCulture, $"  {snapshot.Vanished} ended while they were read") : string.Empty;
        frame.Append(screen.Style.Faint(CellWidth.Cut(head, screen.Width))).Append('\n');

        // What is below the screen's end is not drawn at all.
        int room = screen.Height == int.MaxValue ? int.MaxValue : Math.Max(screen.Height - 4, 1);
        frame.Append(PsTable.Draw(shown.Count > room && !options.IsTree ? [.. shown.Take(room)] : shown, options, screen, zone));
        foreach (Gap gap in snapshot.Gaps)
        {
            frame.Append(CellWidth.Cut(SafeText.OneLine($"not seen: {gap.What}: {Reading.Describe(gap.Status, gap.Reason)}"), screen.Width)).Append('\n');
        }

        return frame.ToString();
    }

    private static double Total(IReadOnlyList<ProcessRecord> shown) => shown.Sum(static process => process.CpuPercent.GetValueOrDefault(0));

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static void Print(CommandContext context, ProcessSnapshot snapshot, PsOptions options, PsJson json, bool isScreen)
    {
        List<ProcessRecord> shown = PsCommand.Choose(snapshot, options);
        switch (options.Format)
        {
            case OutputFormat.Ndjson:
                json.WriteLines(shown, snapshot.Time);
                foreach (Gap gap in snapshot.Gaps)
                {
                    context.Output.WriteJsonLine(gap, GapJson.WriteRecord);
                }

                break;
            case OutputFormat.Tsv:
                PsTsv.Write(context.Output, options.Fields, shown, snapshot.Time);
                break;
            default:
                if (isScreen)
                {
                    context.Output.Screen = Screen.Detect();
                }

                string frame = Frame(snapshot, shown, options, context.Output.Screen, context.Time.LocalTimeZone);
                context.Output.Write(isScreen ? InterfacesWatch.Redraw(frame, context.Output.Screen.Height) : frame + "\n");
                break;
        }
    }
}
