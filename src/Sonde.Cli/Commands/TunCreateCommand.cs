using System.CommandLine;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Tun;

namespace Sonde.Cli.Commands;

/// <summary>`sonde tun create`: a device that lives as long as the command, or one that stays.</summary>
internal static class TunCreateCommand
{
    private const string KeepingBackend = "/dev/net/tun"; // the only one whose devices outlive their makers

    internal static Command Build(CommandContext context)
    {
        var persist = new Option<bool>("--persist") { Description = "The device stays when the command ends (Linux)." };
        var owner = new Option<uint?>("--owner") { Description = "The number of a user who may use the device without rights (Linux).", HelpName = "UID" };
        var command = new Command("create", "Makes a TUN device with addresses and routes. It ends with the command, by Ctrl-C, unless it is to persist.") { persist, owner };
        var device = new TunDeviceOptions(command);
        TeachingHelp.Install(
            command,
            """
              sudo sonde tun create --name sonde0 --address 10.0.0.2/24 --address fd00::2/64 --mtu 1400
              sudo sonde tun create --name sonde0 --address 10.0.0.2/24 --route 10.1.0.0/16
              sudo sonde tun create --address 10.0.0.2/24 --dns 10.0.0.53 --search corp.example
              sudo sonde tun create --name sonde0 --persist --owner "$(id -u)"
            """);
        command.SetAction(result =>
        {
            TunOptions options = device.Read(result) with
            {
                Linux = new TunLinuxOptions { IsPersistent = result.GetValue(persist), OwnerId = result.GetValue(owner) },
            };
            using var stop = new GracefulStop();
            using TunDevice made = TunCommand.Try("cannot create the TUN device", () => TunDevice.Open(options));
            if (options.Linux.IsPersistent && made.Backend != KeepingBackend)
            {
                throw new UserErrorException(new UserError(ExitCode.Unavailable, $"cannot keep the TUN device '{made.Name}'", $"A device of {made.Backend} ends with the process that made it."));
            }

            Tell(context, made, options);
            if (!options.Linux.IsPersistent)
            {
                LongRun.GiveUpRights([]);
                Hold(context, made, stop.Token);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Says what was opened.</summary>
    internal static void Tell(CommandContext context, TunDevice device, TunOptions options)
    {
        string addresses = string.Join(' ', options.Configuration?.Addresses ?? []);
        context.Output.Write(SafeText.OneLine($"{device.Name} (index {device.Index}) is {(options.Configuration?.IsUp == true ? "up" : "there")}{(addresses.Length > 0 ? $" with {addresses}" : string.Empty)}") + "\n");
        foreach (string note in device.Notes)
        {
            context.Output.Write(SafeText.OneLine($"note: {note}") + "\n");
        }

        context.Output.Flush();
    }

    // Nobody is behind the device: what the system sends into it is read and dropped, so that it does not wait in a queue.
    private static void Hold(CommandContext context, TunDevice device, CancellationToken stop)
    {
        using CancellationTokenRegistration closing = stop.Register(device.Dispose);
        IReadOnlyList<string> notes = device.Notes;
        var batch = new TunBatch();
        TunStatus status;
        do
        {
            status = device.Queues[0].Receive(batch);
        }
        while (status == TunStatus.Ok);
        foreach (string note in device.Notes.Except(notes, StringComparer.Ordinal))
        {
            context.Output.Write(SafeText.OneLine($"note: {note}") + "\n");
        }

        context.Output.Write($"{(status == TunStatus.Closed ? "closed" : $"the device is {(status == TunStatus.Gone ? "gone" : "unusable")}")}: {TunCommand.Summary(device.Counters)}\n");
    }
}
