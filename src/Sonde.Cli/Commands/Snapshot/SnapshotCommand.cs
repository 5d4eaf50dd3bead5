using System.CommandLine;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Traffic;

namespace Sonde.Cli.Commands.Snapshot;

/// <summary>`sonde snapshot`: which process sent and received how much in the next seconds.</summary>
internal static class SnapshotCommand
{
    internal static Command Build(CommandContext context)
    {
        var arguments = new SnapshotArguments(context);
        var command = new Command("snapshot", "Counts for a few seconds which process sends and receives how much, those that live a millisecond too.");
        arguments.AddTo(command);
        TeachingHelp.Install(
            command,
            """
              sudo sonde snapshot --duration 5                   who is eating the uplink, as a table
              sudo sonde snapshot -d 10 --format json | jq       the same for a program
              sudo sonde snapshot --detail | jq .connections     everything that is known: connections, interfaces, losses
              sudo sonde snapshot --group remote --top 10        the ten busiest remote addresses
              sudo sonde snapshot --detail --resolve -d 10       with names that only reverse DNS knows
              sudo sonde snapshot --filter 'user=www-data'       only some; fields are those of --format ndjson
              sudo sonde snapshot --follow --format ndjson       an object a row and second, for ever
              sonde snapshot                                     without any right: TCP connections of the host, names of your own processes
            """);
        command.SetAction(result => Run(context, arguments.Read(result)));
        return command;
    }

    private static int Run(CommandContext context, SnapshotOptions options)
    {
        using var stop = new GracefulStop(endsUnread: true);
        try
        {
            using var monitor = TrafficMonitor.Start(options.Monitor);
            LongRun.GiveUpRights(monitor.RightsInUse);
            if (options.IsFollowing)
            {
                Follow(context, monitor, options, stop.Token);
            }
            else
            {
                // The end of the time, or the user's: what was counted is shown either way.
                stop.Token.WaitHandle.WaitOne(options.Duration);
                Print(context, monitor.Snapshot(), options, isFirst: true);
            }

            return ExitCode.Ok;
        }
        catch (HostException refused)
        {
            throw new UserErrorException(UserError.From("cannot count traffic", refused), refused);
        }
        catch (PlatformNotSupportedException nowhere)
        {
            throw new UserErrorException(new UserError(ExitCode.Unavailable, "cannot count traffic", nowhere.Message), nowhere);
        }
    }

    private static void Follow(CommandContext context, TrafficMonitor monitor, SnapshotOptions options, CancellationToken stop)
    {
        for (int output = 1; !stop.WaitHandle.WaitOne(options.Monitor.Interval); output++)
        {
            Print(context, monitor.Snapshot(), options, isFirst: output == 1);
            context.Output.Flush();
            if (output == options.Count)
            {
                return;
            }
        }
    }

    private static void Print(CommandContext context, TrafficSnapshot snapshot, SnapshotOptions options, bool isFirst)
    {
        List<TrafficRow> rows = options.Choose(snapshot);
        switch (options.Format)
        {
            case OutputFormat.Json when options.IsDetailed:
                context.Output.WriteJson(snapshot, TrafficJson.WriteDetail);
                break;
            case OutputFormat.Json:
                TrafficJson.WriteRows(context.Output, rows);
                break;
            case OutputFormat.Ndjson:
                TrafficJson.WriteLines(context.Output, snapshot, rows);
                break;
            case OutputFormat.Tsv:
                TrafficTsv.Write(context.Output, rows, options.IsFollowing ? snapshot.Time : null, isFirst);
                break;
            default:
                TrafficPretty.Write(context.Output, snapshot, rows, options);
                break;
        }
    }
}
