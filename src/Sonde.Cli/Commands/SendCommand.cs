using System.CommandLine;
using Sonde.Cli.Frames;
using Sonde.Cli.Output;

namespace Sonde.Cli.Commands;

/// <summary>`sonde send`: frames of a capture file onto an interface.</summary>
internal static class SendCommand
{
    private const string Path = "sonde send";

    internal static Command Build(CommandContext context)
    {
        var name = new Option<string>("--interface", "-i") { Description = "The interface to send on.", HelpName = "name", Required = true };
        var read = new Option<string>("--read", "-r") { Description = "The capture file, pcap or pcapng; - is standard input.", HelpName = "file", Required = true };
        var rate = new Option<double?>("--rate")
        {
            Description = "Frames a second: 500, 100k, 1.2M. Without it, and without --topspeed, the times of the file are kept.",
            HelpName = "frames",
            CustomParser = static argument =>
            {
                if (OptionWords.TryParseNumber(argument.Tokens[0].Value, out double value) && value > 0)
                {
                    return value;
                }

                argument.AddError($"'{argument.Tokens[0].Value}' is no rate: write frames a second, with k or M for thousands and millions.");
                return null;
            },
        };
        var top = new Option<bool>("--topspeed", "-t") { Description = "Sends as fast as the system takes frames." };
        var loop = new Option<long>("--loop", "-l") { Description = "Sends the file so many times.", HelpName = "times", DefaultValueFactory = static _ => 1 };
        var count = new Option<long?>("--count", "-c") { Description = "Ends after so many frames.", HelpName = "frames" };
        var bypass = new Option<bool>("--bypass-queue") { Description = "Goes past the queueing discipline: faster, unshaped, and a full queue drops (Linux)." };
        Option<OutputFormat> format = CommandContext.FormatOption();
        var command = new Command("send", "Sends the frames of a capture file.") { name, read, rate, top, loop, count, bypass, format };
        TeachingHelp.Install(
            command,
            """
              sudo sonde send -i eth0 --read in.pcapng                     at the pace of the file
              sudo sonde send -i eth0 --read in.pcapng --rate 100k         100,000 frames a second
              sudo sonde send -i eth0 --read in.pcapng --topspeed --loop 100
              sonde read in.pcap 'udp port 53' -w - | sudo sonde send -i eth0 --read -

            Frames that the capture had cut, or that are of another link type, are not sent but counted. The exit code is 0 when all were accepted.
            """);
        command.SetAction(result =>
        {
            var options = new SendOptions
            {
                Interface = result.GetValue(name) ?? string.Empty,
                Path = result.GetValue(read) ?? string.Empty,
                RatePerSecond = result.GetValue(top) ? double.PositiveInfinity : result.GetValue(rate),
                Loop = result.GetValue(loop),
                Count = result.GetValue(count),
                BypassQueue = result.GetValue(bypass),
                Format = result.GetValue(format),
            };
            if (result.GetValue(top) && result.GetValue(rate) is not null)
            {
                throw UsageError.Of(Path, "--rate and --topspeed exclude each other");
            }

            if (options.Loop < 1 || options.Count is < 1)
            {
                throw UsageError.Of(Path, "--loop and --count take a number from 1");
            }

            if (options.Path == CaptureFileName.Standard && options.Loop > 1)
            {
                throw UsageError.Of(Path, "--loop needs a file", "Standard input can be read once.");
            }

            using var run = new SendRun(context, options);
            return run.Run();
        });
        return command;
    }
}
