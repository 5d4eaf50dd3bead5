using System.CommandLine;
using System.Globalization;
using System.Text;
using Sonde.Cli.Errors;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Tun;

namespace Sonde.Cli.Commands;

/// <summary>`sonde tun`: virtual adapters of layer 3.</summary>
internal static class TunCommand
{
    private static readonly TableColumn[] s_devices = [new("DEVICE"), new("STATE"), new("MTU", 2, IsNumber: true), new("ADDRESSES"), new("KEPT", 3), new("OWNER", 4), new("QUEUES", 4, IsNumber: true)];
    private static readonly TableColumn[] s_counters =
        [new("DEVICE"), new("RX BYTES", 0, IsNumber: true), new("RX PACKETS", 1, IsNumber: true), new("RX DROPS", 2, IsNumber: true), new("TX BYTES", 0, IsNumber: true), new("TX PACKETS", 1, IsNumber: true), new("TX DROPS", 2, IsNumber: true)];

    internal static Command Build(CommandContext context)
    {
        var command = new Command("tun", "Makes, lists, watches and measures virtual adapters of layer 3 (TUN).")
        {
            TunCreateCommand.Build(context),
            List(context),
            Delete(),
            Watch(context),
            Stats(context),
            TunBenchCommand.Build(context),
            TunPipeCommand.Build(context),
            TunCaptureCommand.Build(context),
        };
        TeachingHelp.Install(
            command,
            """
              sudo sonde tun create --name sonde0 --address 10.0.0.2/24 --address fd00::2/64 --mtu 1400
              sudo sonde tun create --name sonde0 --persist --owner "$(id -u)"     a device that a user may use without rights
              sonde tun list                                                       every TUN device of this host
              sudo sonde tun bench                                                 what this host moves, and what limits it
              sudo sonde tun pipe --name sonde0 --address 10.9.0.1/24 --listen 7000
            """);
        command.SetAction(result =>
        {
            TeachingHelp.Of(command).Invoke(result);
            return ExitCode.Usage;
        });
        return command;
    }

    /// <summary>A rung of the ladder, as `sonde doctor` shows it.</summary>
    internal static BackendStatus ToBackend(TunAccess access) => new(
        "tun",
        access.Backend,
        access.State switch { TunAccessState.Available => BackendState.Available, TunAccessState.Denied => BackendState.Denied, _ => BackendState.Unavailable },
        access.Provides,
        access.Operation,
        access.Reason,
        access.NativeError,
        access.MissingRights);

    /// <summary>Runs what may be refused by the system.</summary>
    internal static T Try<T>(string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (TunException refused)
        {
            throw new UserErrorException(UserError.From(what, refused), refused);
        }
    }

    /// <summary>What went through a device, in one line.</summary>
    internal static string Summary(TunCounters counters)
    {
        var text = new StringBuilder($"received {Units.Count(counters.ReceivedPackets)} packets ({Units.Bytes(counters.ReceivedBytes)}), sent {Units.Count(counters.SentPackets)} ({Units.Bytes(counters.SentBytes)})");
        foreach ((string reason, long count) in new[]
        {
            ("for want of room", counters.DroppedFull), ("while down", counters.DroppedDown), ("as malformed", counters.DroppedInvalid + counters.MalformedReceived), ("by a failure", counters.DroppedFailed),
        })
        {
            if (count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $", dropped {count} {reason}");
            }
        }

        return text.ToString();
    }

    private static Command List(CommandContext context)
    {
        Option<OutputFormat> format = CommandContext.FormatOption();
        var command = new Command("list", "Lists the TUN devices of this host, whoever made them.") { format };
        TeachingHelp.Install(
            command,
            """
              sonde tun list
              sonde tun list --format json | jq -r '.devices[] | select(.is_persistent) | .name'
            """);
        command.SetAction(result =>
        {
            Print(context.Output, Try("cannot list TUN devices", TunDevice.List), result.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(CommandOutput output, IReadOnlyList<TunDeviceInfo> devices, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteJson(devices, TunJson.Write);
                break;
            case OutputFormat.Ndjson:
                foreach (TunDeviceInfo device in devices)
                {
                    output.WriteJsonLine(device, TunJson.WriteDevice);
                }

                break;
            case OutputFormat.Tsv:
                output.WriteTsv(["name", "index", "is_up", "mtu", "addresses", "is_persistent", "owner_id", "queue_count"]);
                foreach (TunDeviceInfo device in devices)
                {
                    output.WriteTsv(
                    [
                        device.Name, Number(device.Index), device.State.IsUp ? "true" : "false", Number(device.State.Mtu), string.Join(',', device.State.Addresses),
                        device.IsPersistent is { } kept ? kept ? "true" : "false" : "(unsupported)", device.OwnerId is { } owner ? Number(owner) : "-", device.QueueCount is { } queues ? Number(queues) : "-",
                    ]);
                }

                break;
            default:
                output.Write(devices.Count == 0
                    ? "There is no TUN device.\n"
                    : TextTable.Draw(
                        s_devices,
                        [
                            .. devices.Select(device => new[]
                            {
                                device.Name, device.State.IsUp ? "up" : "down", Number(device.State.Mtu), string.Join('\n', device.State.Addresses), device.IsPersistent == true ? "kept" : string.Empty,
                                device.OwnerId is { } owner ? Number(owner) : string.Empty, device.QueueCount is { } queues ? Number(queues) : string.Empty,
                            }),
                        ],
                        output.Screen.Width,
                        output.Screen.Style));
                break;
        }
    }

    private static Command Delete()
    {
        var name = new Argument<string>("NAME") { Description = "The device." };
        var command = new Command("delete", "Removes a persistent TUN device that nobody holds.") { name };
        TeachingHelp.Install(command, "  sudo sonde tun delete sonde0");
        command.SetAction(result =>
        {
            string device = result.GetRequiredValue(name);
            Try("cannot delete the TUN device", () =>
            {
                TunDevice.Delete(device);
                return true;
            });
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Watch(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "The device." };
        Option<OutputFormat> format = CommandContext.FormatOption();
        var command = new Command("watch", "Tells what changes about a TUN device, until it is gone or Ctrl-C.") { name, format };
        TeachingHelp.Install(
            command,
            """
              sonde tun watch sonde0
              sonde tun watch sonde0 --format ndjson | jq -r .change
            """);
        command.SetAction(result =>
        {
            string device = result.GetRequiredValue(name);
            OutputFormat shape = result.GetValue(format);
            using var stop = new GracefulStop();
            using TunWatch watch = Try("cannot watch the TUN device", () => TunDevice.Watch(device));
            if (shape == OutputFormat.Tsv)
            {
                context.Output.WriteTsv(["time", "device", "change", "value"]);
            }

            try
            {
                while (watch.TryWait(Timeout.InfiniteTimeSpan, out TunChange? change, stop.Token))
                {
                    WriteChange(context, device, change, shape);
                    context.Output.Flush();
                    if (change.Kind == TunChangeKind.Removed)
                    {
                        break;
                    }
                }
            }
            catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
            {
                // Asked to end: what was printed stands.
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void WriteChange(CommandContext context, string device, TunChange change, OutputFormat format)
    {
        DateTimeOffset now = context.Time.GetUtcNow();
        string value = change.Mtu?.ToString(CultureInfo.InvariantCulture) ?? change.Address?.ToString() ?? change.Name ?? "-";
        switch (format)
        {
            case OutputFormat.Json or OutputFormat.Ndjson:
                context.Output.WriteJsonLine((now, device, change), TunJson.WriteChange);
                break;
            case OutputFormat.Tsv:
                context.Output.WriteTsv([now.ToString("O", CultureInfo.InvariantCulture), device, Words.Of(change.Kind), value]);
                break;
            default:
                context.Output.Write(SafeText.OneLine($"{now:HH:mm:ss} {device} {Words.Of(change.Kind).Replace('_', ' ')}{(value == "-" ? string.Empty : " " + value)}") + "\n");
                break;
        }
    }

    private static Command Stats(CommandContext context)
    {
        var names = new Argument<string[]>("NAME") { Description = "The devices; all TUN devices when there is none.", Arity = ArgumentArity.ZeroOrMore };
        Option<OutputFormat> format = CommandContext.FormatOption();
        var command = new Command("stats", "Shows what the system counted for TUN devices: received is what a process sent into it.") { names, format };
        TeachingHelp.Install(
            command,
            """
              sonde tun stats
              sonde tun stats sonde0 --format json | jq '.interfaces[].counters'
              sonde interfaces sonde0 --watch                                      live rates
            """);
        command.SetAction(result =>
        {
            string[] wanted = result.GetValue(names) ?? [];
            HashSet<string> tuns = [.. Try("cannot list TUN devices", TunDevice.List).Select(device => device.Name)];
            if (wanted.FirstOrDefault(one => !tuns.Contains(one)) is { } unknown)
            {
                throw new UserErrorException(new UserError(ExitCode.Failure, $"there is no TUN device '{unknown}'", Nearest.To(unknown, tuns) is { } near ? $"Did you mean '{near}'?" : null, "To see them all: sonde tun list"));
            }

            InterfaceSnapshot snapshot = Collect();
            snapshot = snapshot with { Interfaces = [.. snapshot.Interfaces.Where(one => wanted.Length == 0 ? tuns.Contains(one.Name) : wanted.Contains(one.Name))] };
            switch (result.GetValue(format))
            {
                case OutputFormat.Json:
                    InterfacesJson.Write(context.Output, snapshot, snapshot.Interfaces);
                    break;
                case OutputFormat.Ndjson:
                    foreach (NetworkInterface one in snapshot.Interfaces)
                    {
                        context.Output.WriteJsonLine(one, InterfaceJson.WriteRecord);
                    }

                    break;
                case OutputFormat.Tsv:
                    InterfacesTsv.Write(context.Output, snapshot.Interfaces);
                    break;
                default:
                    context.Output.Write(snapshot.Interfaces.Count == 0 ? "There is no TUN device.\n" : TextTable.Draw(s_counters, [.. snapshot.Interfaces.Select(Cells)], context.Output.Screen.Width, context.Output.Screen.Style));
                    break;
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static InterfaceSnapshot Collect()
    {
        try
        {
            using var interfaces = NetworkInterfaces.Open();
            return interfaces.Collect();
        }
        catch (HostException refused)
        {
            throw new UserErrorException(UserError.From("cannot read the counters", refused), refused);
        }
    }

    private static string[] Cells(NetworkInterface one)
    {
        if (!one.Counters.TryGetValue(out InterfaceCounters? counters))
        {
            return [one.Name, Reading.Describe(one.Counters.Status, null), string.Empty, string.Empty, string.Empty, string.Empty, string.Empty];
        }

        return
        [
            one.Name, Units.Bytes(counters.ReceivedBytes), Number(counters.ReceivedPackets), Number(counters.ReceiveDrops),
            Units.Bytes(counters.SentBytes), Number(counters.SentPackets), counters.SendDrops.HasValue ? Number(counters.SendDrops.Value) : Reading.Describe(counters.SendDrops.Status, null),
        ];
    }

    private static string Number<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
