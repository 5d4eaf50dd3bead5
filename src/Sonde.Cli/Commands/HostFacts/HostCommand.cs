using System.CommandLine;
using Sonde.Cli.Output;
using Sonde.Host.Systems;

namespace Sonde.Cli.Commands.HostFacts;

/// <summary>`sonde host`: which system and hardware this is, what protects it, and how busy it is.</summary>
internal static class HostCommand
{
    private const double MaxInterval = 3600;

    internal static Command Build(CommandContext context)
    {
        Option<OutputFormat> format = CommandContext.FormatOption();
        var all = new Option<bool>("--all", "-a") { Description = "What this system does not have or tell, too, each with its reason." };
        var interval = new Option<double>("--interval", "-i")
        {
            Description = "Over how many seconds rates are measured; 0 leaves them out.",
            HelpName = "seconds",
            DefaultValueFactory = static _ => 1,
        };
        interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= MaxInterval))
            {
                result.AddError($"--interval takes 0 to {MaxInterval} seconds.");
            }
        });
        var command = new Command("host", "Shows which system and hardware this is, what protects it, and how busy it is.") { format, all, interval };
        command.Aliases.Add("system");
        TeachingHelp.Install(
            command,
            """
              sonde host                                          system, hardware, security, load
              sonde host --all                                    what this system does not tell, too, and why
              sonde host --interval 0 -f json | jq .security      the same for programs, at once
              sonde host -f json | jq -r '.security_products[] | select(.state!="on").name'   Windows: protection that is off
            """);
        command.SetAction(result => Run(context, result.GetValue(format), result.GetValue(all), TimeSpan.FromSeconds(result.GetValue(interval))));
        return command;
    }

    private static int Run(CommandContext context, OutputFormat format, bool isAll, TimeSpan interval)
    {
        using var system = HostSystem.Open();
        HostLoad load = system.CollectLoad();
        long started = context.Time.GetTimestamp();
        HostRecord host = system.Collect();
        if (interval > TimeSpan.Zero)
        {
            using var stop = new GracefulStop();
            TimeSpan left = interval - context.Time.GetElapsedTime(started);
            if (left > TimeSpan.Zero)
            {
                stop.Token.WaitHandle.WaitOne(left); // whoever asks to end gets the rates until then
            }

            load = system.CollectLoad();
        }

        HostOutput.Print(context, host, load, format, isAll);
        return ExitCode.Ok;
    }
}
