using System.CommandLine;
using System.Globalization;
using Sonde.Cli.Errors;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Commands;

/// <summary>`sonde interfaces`: what interfaces this host has, once or live.</summary>
internal static class InterfacesCommand
{
    private const string Path = "sonde interfaces";

    internal static Command Build(CommandContext context)
    {
        var names = new Argument<string[]>("name")
        {
            Description = "Interfaces to show, by name or index; all when none is given. One name alone shows everything known about it.",
            HelpName = "name",
            Arity = ArgumentArity.ZeroOrMore,
        };
        names.CompletionSources.Add(_ => InterfaceNames());
        Option<OutputFormat> format = CommandContext.FormatOption();
        var watch = new Option<bool>("--watch", "-w") { Description = "Shows live rates until Ctrl-C, and every change at once." };
        var interval = new Option<double>("--interval", "-i")
        {
            Description = "Seconds between two readings of --watch.",
            HelpName = "seconds",
            DefaultValueFactory = _ => 1,
        };
        var count = new Option<int?>("--count", "-n") { Description = "Ends --watch after so many readings.", HelpName = "readings" };

        var command = new Command("interfaces", "Lists network interfaces: kind, state, addresses, gateways, DNS, speed, counters.") { names, format, watch, interval, count };
        command.Aliases.Add("if");
        TeachingHelp.Install(
            command,
            """
              sonde interfaces                            a table of all
              sonde interfaces eth0                       everything known about one
              sonde interfaces --watch --interval 0.5     live rates twice a second
              sonde interfaces -w -n 10 -f ndjson         ten readings as JSON lines, with rates
              sonde interfaces -f tsv | cut -f1,7         names and states, for a script
            """);
        command.SetAction(result => Run(
            context,
            result.GetValue(names) ?? [],
            [.. command.Options.SelectMany(option => option.Aliases.Append(option.Name))],
            result.GetValue(format),
            new WatchOptions(result.GetValue(watch), result.GetValue(interval), result.GetValue(count), result.GetResult(interval) is { Implicit: false })));
        return command;
    }

    private static int Run(CommandContext context, string[] names, IReadOnlyList<string> options, OutputFormat format, WatchOptions watch)
    {
        if (!watch.IsOn && (watch.Count is not null || watch.IntervalGiven))
        {
            throw UsageError.Of(Path, "--interval and --count say how to watch, and --watch is missing");
        }

        if (watch.IsOn && format == OutputFormat.Json)
        {
            throw UsageError.Of(Path, "--watch never ends, and a JSON document must", "ndjson prints one object a line as they come.");
        }

        if (watch.IsOn && watch.Interval is not (>= 0.1 and <= 86400))
        {
            throw UsageError.Of(Path, $"--interval {watch.Interval.ToString(CultureInfo.InvariantCulture)} is out of range", "It takes 0.1 to 86400 seconds.");
        }

        if (watch.Count is < 1)
        {
            throw UsageError.Of(Path, "--count takes a number from 1");
        }

        try
        {
            using NetworkInterfaces interfaces = NetworkInterfaces.Open();
            if (watch.IsOn)
            {
                InterfacesWatch.Run(context, interfaces, names, options, format, watch);
            }
            else
            {
                InterfaceSnapshot snapshot = interfaces.Collect();
                Print(context.Output, snapshot, Choose(snapshot, names, options), format, isDetailed: names.Length == 1);
            }

            return ExitCode.Ok;
        }
        catch (HostException refused)
        {
            throw new UserErrorException(UserError.From("cannot list the network interfaces", refused), refused);
        }
    }

    /// <summary>The interfaces that were asked for, by name or index.</summary>
    /// <remarks>A misspelt option arrives here as a name, because an interface may well be called "-x".</remarks>
    internal static IReadOnlyList<NetworkInterface> Choose(InterfaceSnapshot snapshot, string[] names, IEnumerable<string> options)
    {
        if (names.Length == 0)
        {
            return snapshot.Interfaces;
        }

        var chosen = new List<NetworkInterface>();
        foreach (string name in names)
        {
            NetworkInterface? found = snapshot.Interfaces.FirstOrDefault(candidate => candidate.Name == name)
                ?? snapshot.Interfaces.FirstOrDefault(candidate => candidate.Index.ToString(CultureInfo.InvariantCulture) == name);
            chosen.Add(found ?? throw (name.StartsWith('-') ? UsageError.UnknownOption(Path, name, options) : Unknown(name, snapshot)));
        }

        return [.. chosen.Distinct()];
    }

    internal static void Print(CommandOutput output, InterfaceSnapshot snapshot, IReadOnlyList<NetworkInterface> shown, OutputFormat format, bool isDetailed)
    {
        switch (format)
        {
            case OutputFormat.Json:
                InterfacesJson.Write(output, snapshot, shown);
                break;
            case OutputFormat.Ndjson:
                foreach (NetworkInterface one in shown)
                {
                    output.WriteJsonLine(one, InterfaceJson.WriteRecord);
                }

                WriteGapRecords(output, snapshot);
                break;
            case OutputFormat.Tsv:
                InterfacesTsv.Write(output, shown);
                GapLines.Write(snapshot.Gaps, Console.Error.Write);
                break;
            default:
                output.Write(isDetailed && shown.Count == 1
                    ? InterfacesPretty.Card(shown[0], snapshot, output.Screen)
                    : InterfacesPretty.Table(shown, output.Screen));
                GapLines.Write(snapshot.Gaps, output.Write);
                break;
        }
    }

    internal static void WriteGapRecords(CommandOutput output, InterfaceSnapshot snapshot)
    {
        foreach (Gap gap in snapshot.Gaps)
        {
            output.WriteJsonLine(gap, GapJson.WriteRecord);
        }
    }

    private static UserErrorException Unknown(string name, InterfaceSnapshot snapshot)
    {
        const int Named = 12;
        string here = string.Join(", ", snapshot.Interfaces.Take(Named).Select(one => one.Name));
        int more = snapshot.Interfaces.Count - Named;
        string why = snapshot.Interfaces.Count == 0 ? "This host shows no interface at all."
            : more > 0 ? $"There are {here} and {more} more."
            : $"There are {here}.";
        var advice = new List<string>();
        if (Nearest.To(name, snapshot.Interfaces.Select(one => one.Name)) is { } near)
        {
            advice.Add($"Did you mean:        sonde interfaces {near}");
        }

        advice.Add("To see all of them:  sonde interfaces");
        return new UserErrorException(new UserError(ExitCode.Failure, $"there is no interface '{name}'", why, advice));
    }

    private static IEnumerable<string> InterfaceNames()
    {
        try
        {
            using NetworkInterfaces interfaces = NetworkInterfaces.Open();
            return [.. interfaces.Collect().Interfaces.Select(one => one.Name)];
        }
        catch (HostException)
        {
            // A completion that cannot look completes nothing; the command itself will say why.
            return [];
        }
    }
}
