using System.Globalization;
using System.Text;
using Sonde.Cli.Output;
using Sonde.Host.Sockets;

namespace Sonde.Cli.Commands.Connections;

/// <summary>`sonde connections --watch`: a reading a tick.</summary>
internal static class ConnectionWatch
{
    // Looking into processes of others, and into other network namespaces, goes on needing these.
    private static readonly string[] s_needed = ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_NET_ADMIN", "SeDebugPrivilege"];
    private static readonly string[] s_neededElsewhere = [.. s_needed, "CAP_SYS_ADMIN"];

    internal static void Run(CommandContext context, ConnectionReader reader, ConnectionOptions options)
    {
        using var stop = new GracefulStop(endsUnread: true);
        CommandOutput output = context.Output;
        LongRun.GiveUpRights(options.OtherNamespaces ? s_neededElsewhere : s_needed);
        bool isScreen = options.Format == OutputFormat.Pretty && output.Screen.IsTerminal;
        var printer = new ConnectionOutput(context, options, reader.Names);
        if (options.Format == OutputFormat.Tsv)
        {
            printer.WriteHeader();
        }

        var interval = TimeSpan.FromSeconds(options.Watch.Interval);
        try
        {
            // The first reading is only what the rates of the second are counted from.
            reader.Read(static (_, _) => { });
            stop.Token.WaitHandle.WaitOne(interval < TimeSpan.FromSeconds(0.5) ? interval : TimeSpan.FromSeconds(0.5));
            for (int reading = 1; !stop.Token.IsCancellationRequested; reading++)
            {
                long started = context.Time.GetTimestamp();
                reader.Read((snapshot, shown) => Print(context, printer, snapshot, shown, options, isScreen));
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

    private static void Print(CommandContext context, ConnectionOutput printer, SocketSnapshot snapshot, List<Connection> shown, ConnectionOptions options, bool isScreen)
    {
        if (options.Format != OutputFormat.Pretty)
        {
            printer.Print(snapshot, shown);
            return;
        }

        if (isScreen)
        {
            context.Output.Screen = Screen.Detect();
        }

        Screen screen = context.Output.Screen;
        int room = screen.Height == int.MaxValue ? int.MaxValue : Math.Max(screen.Height - 4, 1);
        string frame = Head(snapshot, shown, screen, context.Time.LocalTimeZone) + printer.Pretty(snapshot, shown.Count > room ? [.. shown.Take(room)] : shown, screen);
        context.Output.Write(isScreen ? InterfacesWatch.Redraw(frame, screen.Height) : frame + "\n");
    }

    private static string Head(SocketSnapshot snapshot, List<Connection> shown, Screen screen, TimeZoneInfo zone)
    {
        double sent = shown.Sum(static one => one.SendRate.GetValueOrDefault(0));
        double received = shown.Sum(static one => one.ReceiveRate.GetValueOrDefault(0));
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeZoneInfo.ConvertTime(snapshot.Time, zone):yyyy-MM-dd HH:mm:ss}  {shown.Count} of {snapshot.Count} sockets  TCP out {Units.BytesPerSecond(sent)}  in {Units.BytesPerSecond(received)}  read in {snapshot.Duration.TotalMilliseconds:0.0} ms by {snapshot.Backend}");
        return new StringBuilder(screen.Style.Faint(CellWidth.Cut(head, screen.Width))).Append('\n').ToString();
    }
}
