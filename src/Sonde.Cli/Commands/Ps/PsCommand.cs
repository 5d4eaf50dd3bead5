using System.CommandLine;
using System.Globalization;
using Sonde.Cli.Errors;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Cli.Records.Filtering;
using Sonde.Host;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>`sonde ps`: the processes of this host, once or live.</summary>
internal static class PsCommand
{
    // Long enough for a rate that means something, short enough to wait for.
    private static readonly TimeSpan s_rateInterval = TimeSpan.FromSeconds(0.5);

    internal static Command Build(CommandContext context)
    {
        var arguments = new PsArguments();
        var command = new Command("ps", "Lists processes: user, program, command line, memory, times, container, unit, capabilities and what else the system knows of them.");
        arguments.AddTo(command);
        TeachingHelp.Install(
            command,
            """
              sonde ps                                                     a table of all
              sonde ps --tree --filter 'not kernel:true'                   who started whom
              sonde ps --pid 1                                             everything known about one, and why the rest is not
              sonde ps --watch                                             live, the busiest first
              sonde ps --sort rss --fields pid,name,rss,container          the largest, with where they belong
              sonde ps --filter 'name:nginx and uid=0 and not container:*' a choice: : contains, = equals, ~ expression, < > numbers, :* has any
              sonde ps --filter 'cap_effective:SYS_ADMIN' -f ndjson        for a program, a line each
              sonde ps --fields help                                       the names of all fields
            """);
        command.SetAction(result => Run(context, arguments.Read(result)));
        return command;
    }

    /// <summary>The processes that were asked for, in their order.</summary>
    internal static List<ProcessRecord> Choose(ProcessSnapshot snapshot, PsOptions options)
    {
        var chosen = new List<ProcessRecord>(snapshot.Count);
        foreach (ProcessRecord process in snapshot.AsSpan())
        {
            if (options.Shows(process))
            {
                chosen.Add(process);
            }
        }

        options.Order.Sort(chosen);
        return chosen;
    }

    private static int Run(CommandContext context, PsOptions? options)
    {
        if (options is null)
        {
            PsFieldHelp.Write(context.Output);
            return ExitCode.Ok;
        }

        try
        {
            using var collector = ProcessCollector.Create(new ProcessCollectorOptions
            {
                Fields = options.Needs,
                Engine = options.Engine,
                ShowSecrets = options.ShowSecrets,
                UseDebugPrivilege = options.UseDebugPrivilege,
                Select = options.Pids.Count > 0 ? process => options.Pids.Contains(process.Pid) : null,
                Time = context.Time,
            });
            if (options.Watch.IsOn)
            {
                PsWatch.Run(context, collector, options);
                return ExitCode.Ok;
            }

            if (options.NeedsRate)
            {
                using var stop = new GracefulStop();
                collector.Collect().Dispose();
                stop.Token.WaitHandle.WaitOne(s_rateInterval);
            }

            using ProcessSnapshot snapshot = collector.Collect();
            List<ProcessRecord> shown = Choose(snapshot, options);
            if (options.Pids.Count > 0 && shown.Count == 0)
            {
                throw Missing(snapshot, options);
            }

            Print(context, snapshot, shown, options);
            return ExitCode.Ok;
        }
        catch (FilterException slow)
        {
            throw PsArguments.Explain(slow);
        }
        catch (HostException refused)
        {
            throw new UserErrorException(UserError.From("cannot list the processes", refused), refused);
        }
    }

    private static void Print(CommandContext context, ProcessSnapshot snapshot, List<ProcessRecord> shown, PsOptions options)
    {
        CommandOutput output = context.Output;
        switch (options.Format)
        {
            case OutputFormat.Json:
                new PsJson(output, options.Fields).WriteDocument(snapshot, shown);
                break;
            case OutputFormat.Ndjson:
                new PsJson(output, options.Fields).WriteLines(shown);
                foreach (Gap gap in snapshot.Gaps)
                {
                    output.WriteJsonLine(gap, GapJson.WriteRecord);
                }

                break;
            case OutputFormat.Tsv:
                PsTsv.WriteHeader(output, options.Fields, isWatch: false);
                PsTsv.Write(output, options.Fields, shown);
                GapLines.Write(snapshot.Gaps, Console.Error.Write);
                break;
            default:
                if (options.IsCard && shown.Count == 1)
                {
                    output.Write(PsTable.Card(shown[0], snapshot, output.Screen, context.Time.LocalTimeZone));
                }
                else
                {
                    PsTable.Write(shown, options, output, context.Time.LocalTimeZone);
                }

                if (snapshot.Vanished > 0)
                {
                    output.Write(string.Create(CultureInfo.InvariantCulture, $"{snapshot.Vanished} more ended while they were read\n"));
                }

                GapLines.Write(snapshot.Gaps, output.Write);
                break;
        }
    }

    private static UserErrorException Missing(ProcessSnapshot snapshot, PsOptions options)
    {
        string ids = string.Join(", ", options.Pids.Select(static pid => pid.ToString(CultureInfo.InvariantCulture)));
        bool isFiltered = options.Filter is not null && options.Pids.Any(pid => snapshot.Find(pid) is not null);
        return new UserErrorException(new UserError(
            ExitCode.Failure,
            isFiltered ? $"process {ids} does not fit the filter" : $"there is no process {ids}",
            snapshot.Gaps.Count > 0 && !isFiltered ? $"Or it is not visible: {snapshot.Gaps[0].Reason}." : null,
            "To see all of them:  sonde ps"));
    }
}
