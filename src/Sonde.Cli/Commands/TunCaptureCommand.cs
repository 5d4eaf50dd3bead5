using System.CommandLine;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Packets;
using Sonde.Packets.Files;
using Sonde.Tun;

namespace Sonde.Cli.Commands;

/// <summary>`sonde tun capture`: what the system sends into a device, as a capture file.</summary>
internal static class TunCaptureCommand
{
    internal static Command Build(CommandContext context)
    {
        var write = new Option<string>("--write", "-w") { Description = "The pcapng file.", HelpName = "FILE", Required = true };
        var count = new Option<long>("--count", "-c") { Description = "Stop after so many packets.", HelpName = "N", DefaultValueFactory = _ => long.MaxValue };
        var command = new Command("capture", "Makes a TUN device and writes what the system sends into it to a file, until Ctrl-C.") { write, count };
        var device = new TunDeviceOptions(command);
        TeachingHelp.Install(
            command,
            """
              sudo sonde tun capture --name sonde0 --address 10.0.0.2/24 --write sonde0.pcapng
              sudo sonde tun capture --name sonde0 --route 203.0.113.0/24 --count 10 --write probe.pcapng
            """);
        command.SetAction(result =>
        {
            TunOptions options = device.Read(result);
            string path = result.GetRequiredValue(write);
            using var stop = new GracefulStop();
            using TunDevice made = TunCommand.Try("cannot open the TUN device", () => TunDevice.Open(options));
            using FileStream file = Create(path);
            LongRun.GiveUpRights([]);
            TunCreateCommand.Tell(context, made, options);
            long written = Write(made, file, result.GetValue(count), context.Time, stop.Token);
            context.Output.Write(SafeText.OneLine($"{written} packets written to {path}; {TunCommand.Summary(made.Counters)}") + "\n");
            return ExitCode.Ok;
        });
        return command;
    }

    private static FileStream Create(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(new UserError(refused is UnauthorizedAccessException ? ExitCode.NoPermission : ExitCode.Failure, $"cannot write {path}", refused.Message), refused);
        }
    }

    private static long Write(TunDevice device, FileStream file, long most, TimeProvider time, CancellationToken stop)
    {
        using CancellationTokenRegistration closing = stop.Register(device.Dispose);
        using var writer = new PcapNgWriter(file);
        int id = writer.AddInterface(new CaptureInterface { LinkType = LinkType.Raw, Name = device.Name });
        var batch = new TunBatch();
        long written = 0;
        while (written < most && device.Queues[0].Receive(batch) == TunStatus.Ok)
        {
            long now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
            for (int i = 0; i < batch.Count && written < most; i++, written++)
            {
                writer.Write(id, batch[i], batch[i].Length, now);
            }
        }

        return written;
    }
}
