using System.Text;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Commands;

/// <summary>`sonde interfaces --watch`: a reading a tick, and one at once when something changes.</summary>
internal static class InterfacesWatch
{
    // After a change the system often sends more: a storm is read as one.
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(50);

    internal static void Run(CommandContext context, NetworkInterfaces interfaces, string[] names, IReadOnlyList<string> optionNames, OutputFormat format, WatchOptions options)
    {
        using var stop = new GracefulStop(endsUnread: true);
        InterfaceSnapshot snapshot = interfaces.Collect();
        InterfacesCommand.Choose(snapshot, names, optionNames); // a wrong name ends the command here, not the watch later

        // Everything is open, and reading interfaces needs no rights.
        LongRun.GiveUpRights([]);

        bool isScreen = format == OutputFormat.Pretty && context.Output.Screen.IsTerminal;
        if (format == OutputFormat.Tsv)
        {
            InterfacesTsv.WriteWatchHeader(context.Output);
        }

        InterfaceSnapshot? earlier = null;
        TimeSpan interval = TimeSpan.FromSeconds(options.Interval);
        long lost = 0;
        try
        {
            for (int reading = 1; ; reading++)
            {
                Print(context, snapshot, earlier, names, format, isScreen, lost);
                context.Output.Flush();
                if (reading == options.Count)
                {
                    return;
                }

                earlier = snapshot;
                lost += WaitForNext(context.Time, interfaces, interval, stop.Token);
                snapshot = interfaces.Collect();
            }
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            // Asked to end: what was printed stands.
        }
        finally
        {
            if (isScreen)
            {
                context.Output.Write("\e[?25h");
            }
        }
    }

    /// <summary>Waits for the next tick, or for a change.</summary>
    /// <returns>1 when notifications were lost, else 0.</returns>
    private static int WaitForNext(TimeProvider time, NetworkInterfaces interfaces, TimeSpan interval, CancellationToken token)
    {
        long started = time.GetTimestamp();
        int lost = 0;
        bool first = true;
        while (interval - time.GetElapsedTime(started) is { } left && left > TimeSpan.Zero)
        {
            InterfaceChange change = interfaces.WaitForChange(left, token);
            if (change == InterfaceChange.None)
            {
                break;
            }

            // The very first wait always answers "lost": nobody listened before.
            bool isOpening = first && change == InterfaceChange.Lost;
            first = false;
            if (isOpening)
            {
                continue;
            }

            lost = change.HasFlag(InterfaceChange.Lost) ? 1 : lost;
            while (interfaces.WaitForChange(s_settle, token) != InterfaceChange.None && time.GetElapsedTime(started) < interval)
            {
                // until it is quiet for a moment, or the tick is due anyway
            }

            break;
        }

        token.ThrowIfCancellationRequested();
        return lost;
    }

    private static void Print(CommandContext context, InterfaceSnapshot snapshot, InterfaceSnapshot? earlier, string[] names, OutputFormat format, bool isScreen, long lost)
    {
        DateTimeOffset now = context.Time.GetUtcNow();

        // An interface that vanished meanwhile is no error while watching: it simply is not shown.
        IReadOnlyList<NetworkInterface> shown = names.Length == 0
            ? snapshot.Interfaces
            : [.. snapshot.Interfaces.Where(one => names.Contains(one.Name) || names.Contains(one.Index.ToString(System.Globalization.CultureInfo.InvariantCulture)))];
        CommandOutput output = context.Output;
        switch (format)
        {
            case OutputFormat.Ndjson:
                foreach (NetworkInterface one in shown)
                {
                    output.WriteJsonLine((one, now, InterfaceRates.Between(earlier, snapshot, one.Index)), InterfaceJson.WriteRecord);
                }

                InterfacesCommand.WriteGapRecords(output, snapshot);
                break;
            case OutputFormat.Tsv:
                foreach (NetworkInterface one in shown)
                {
                    InterfacesTsv.WriteWatch(output, now, one, InterfaceRates.Between(earlier, snapshot, one.Index));
                }

                break;
            default:
                if (isScreen)
                {
                    output.Screen = Screen.Detect();
                }

                string frame = Frame(shown, snapshot, earlier, names, now, output.Screen, lost);
                output.Write(isScreen ? Redraw(frame, output.Screen.Height) : frame + "\n");
                break;
        }
    }

    /// <summary>One frame of the watch: a pure function of two snapshots and a screen.</summary>
    internal static string Frame(
        IReadOnlyList<NetworkInterface> shown,
        InterfaceSnapshot snapshot,
        InterfaceSnapshot? earlier,
        string[] names,
        DateTimeOffset now,
        Screen screen,
        long lost)
    {
        var frame = new StringBuilder();
        IEnumerable<string> missing = names.Where(name => !shown.Any(one => one.Name == name || one.Index.ToString(System.Globalization.CultureInfo.InvariantCulture) == name));
        string head = $"{now:yyyy-MM-dd HH:mm:ss} UTC  {shown.Count} interface{(shown.Count == 1 ? string.Empty : "s")}";
        foreach (string name in missing)
        {
            head += $"  {name} is gone";
        }

        if (lost > 0)
        {
            head += $"  notifications lost {lost} times (read again each time)";
        }

        frame.Append(screen.Style.Faint(CellWidth.Cut(SafeText.OneLine(head), screen.Width))).Append('\n');
        frame.Append(InterfacesPretty.Rates([.. shown.Select(one => (one, InterfaceRates.Between(earlier, snapshot, one.Index)))], screen));
        foreach (Gap gap in snapshot.Gaps)
        {
            frame.Append(CellWidth.Cut(SafeText.OneLine($"not seen: {gap.What}: {Reading.Describe(gap.Status, gap.Reason)}"), screen.Width)).Append('\n');
        }

        return frame.ToString();
    }

    // Home, each line cleared to its end, the rest of the screen cleared: no flicker, and no scrolling by a frame that is too high.
    internal static string Redraw(string frame, int height)
    {
        string[] lines = frame.TrimEnd('\n').Split('\n');
        if (lines.Length >= height)
        {
            int hidden = lines.Length - height + 2;
            lines = [.. lines.Take(Math.Max(height - 2, 1)), $"… {hidden} more lines do not fit"];
        }

        return "\e[?25l\e[H" + string.Join("\e[K\n", lines) + "\e[K\n\e[J";
    }
}
