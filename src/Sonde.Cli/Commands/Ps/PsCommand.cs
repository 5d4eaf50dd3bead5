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
              sonde ps --hash --filter 'not exe_state:present'             SHA-256 of what runs and is no longer what lies on the disk
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
            HashSet<ProcessKey>? chosen = options is { NeedsHash: true, IsChosenWithoutHash: true, Watch.IsOn: false } ? ChooseToHash(context, options) : null;
            using var collector = ProcessCollector.Create(Collecting(context, options, chosen));
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

            int left = options.NeedsHash ? AwaitHashes(collector, options) : 0;
            using ProcessSnapshot snapshot = collector.Collect();
            List<ProcessRecord> shown = Choose(snapshot, options);
            shown.RemoveAll(process => chosen?.Contains(process.Key) == false);
            if (options.Pids.Count > 0 && shown.Count == 0)
            {
                throw Missing(snapshot, options);
            }

            IReadOnlyList<Gap> gaps = left == 0 ? snapshot.Gaps
                : [.. snapshot.Gaps, new Gap("sha256", ReadingStatus.NotCollected, string.Create(CultureInfo.InvariantCulture, $"files that could not be read within {options.HashTimeout.TotalSeconds} s (--hash-timeout)"), left)];
            Print(context, collector.SkippedEngines, gaps, snapshot, shown, options);
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

    private static ProcessCollectorOptions Collecting(CommandContext context, PsOptions options, HashSet<ProcessKey>? chosen) => new()
    {
        Fields = options.Needs,
        Engine = options.Engine,
        ShowSecrets = options.ShowSecrets,
        UseDebugPrivilege = options.UseDebugPrivilege,
        Select = chosen is not null ? process => chosen.Contains(process.Key)
            : options.Pids.Count > 0 ? process => options.Pids.Contains(process.Pid)
            : null,
        Time = context.Time,
    };

    // Only the files of those that are shown are read: which those are, a reading without hashes tells.
    private static HashSet<ProcessKey> ChooseToHash(CommandContext context, PsOptions options)
    {
        using var collector = ProcessCollector.Create(Collecting(context, options, chosen: null) with { Fields = options.Needs & ~ProcessFields.Hash });
        using ProcessSnapshot snapshot = collector.Collect();
        return [.. Choose(snapshot, options).Select(static process => process.Key)];
    }

    // The first reading asks for the hashes, and the next one shows them.
    private static int AwaitHashes(ProcessCollector collector, PsOptions options)
    {
        using var stop = new GracefulStop();
        collector.Collect().Dispose();
        return collector.WaitForHashes(options.HashTimeout, stop.Token);
    }

    private static void Print(CommandContext context, IReadOnlyList<Gap> skippedEngines, IReadOnlyList<Gap> gaps, ProcessSnapshot snapshot, List<ProcessRecord> shown, PsOptions options)
    {
        CommandOutput output = context.Output;
        switch (options.Format)
        {
            case OutputFormat.Json:
                new PsJson(output, options.Fields).WriteDocument(snapshot, skippedEngines, gaps, shown);
                break;
            case OutputFormat.Ndjson:
                new PsJson(output, options.Fields).WriteLines(shown);
                foreach (Gap gap in gaps)
                {
                    output.WriteJsonLine(gap, GapJson.WriteRecord);
                }

                break;
            case OutputFormat.Tsv:
                PsTsv.WriteHeader(output, options.Fields, isWatch: false);
                PsTsv.Write(output, options.Fields, shown);
                GapLines.Write(gaps, Console.Error.Write);
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

                GapLines.Write(gaps, output.Write);
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
