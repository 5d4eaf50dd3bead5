using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Tun;

namespace Sonde.Cli.Commands;

/// <summary>`sonde tun pipe`: two hosts joined by plain UDP, each IP packet a datagram; the smallest real use of a TUN device, and not encrypted.</summary>
internal static class TunPipeCommand
{
    // IPv6 and UDP around a packet, on a path of 1500 bytes.
    private const int DefaultMtu = 1500 - 48;

    internal static Command Build(CommandContext context)
    {
        var listen = new Option<string?>("--listen", "-l") { Description = "Wait for the other side on this port (and address).", HelpName = "[HOST:]PORT" };
        var connect = new Option<string?>("--connect", "-c") { Description = "The other side, which listens.", HelpName = "HOST:PORT" };
        var command = new Command("pipe", "Joins two hosts by a TUN device each and plain UDP between them. NOT ENCRYPTED: for trusted networks and for trying.") { listen, connect };
        var device = new TunDeviceOptions(command);
        TeachingHelp.Install(
            command,
            """
              sudo sonde tun pipe --name sonde0 --address 10.9.0.1/24 --listen 7000                    on the one host
              sudo sonde tun pipe --name sonde0 --address 10.9.0.2/24 --connect one.example:7000       on the other
            """);
        command.SetAction(result =>
        {
            string? listening = result.GetValue(listen);
            string? connecting = result.GetValue(connect);
            if (listening is null == connecting is null)
            {
                throw UsageError.Of("sonde tun pipe", "either --listen or --connect is needed, and not both");
            }

            IPEndPoint end = Resolve(listening ?? connecting!, isLocal: listening is not null); // one of the two is there
            TunOptions options = device.Read(result, DefaultMtu);
            using var stop = new GracefulStop();
            using TunDevice made = TunCommand.Try("cannot open the TUN device", () => TunDevice.Open(options));
            using Socket socket = Open(end, isLocal: listening is not null);
            LongRun.GiveUpRights([]);
            TunCreateCommand.Tell(context, made, options);
            context.Output.Write(SafeText.OneLine($"{(listening is not null ? "listening on" : "connected to")} {end}; not encrypted") + "\n");
            context.Output.Flush();
            long refused = new TunPipe(made, socket, listening is null ? end : null).Run(stop.Token);
            context.Output.Write($"closed: {TunCommand.Summary(made.Counters)}{(refused > 0 ? $", {refused} datagrams refused by the network" : string.Empty)}\n");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Socket Open(IPEndPoint end, bool isLocal)
    {
        var socket = new Socket(end.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (end.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = true;
            }

            socket.ReceiveBufferSize = 4 << 20;
            socket.SendBufferSize = 4 << 20;
            socket.Bind(isLocal ? end : new IPEndPoint(end.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
            return socket;
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new UserErrorException(
                new UserError(refused.SocketErrorCode == SocketError.AccessDenied ? ExitCode.NoPermission : ExitCode.Failure, $"cannot listen on {end}", refused.Message), refused);
        }
    }

    private static IPEndPoint Resolve(string text, bool isLocal)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? string.Empty : text[..colon].Trim('[', ']');
        if (!ushort.TryParse(text[(colon + 1)..], out ushort port) || (port == 0 && !isLocal) || (host.Length == 0 && !isLocal))
        {
            throw UsageError.Of("sonde tun pipe", $"'{text}' is no {(isLocal ? "[HOST:]PORT" : "HOST:PORT")}");
        }

        if (host.Length == 0)
        {
            return new IPEndPoint(IPAddress.IPv6Any, port);
        }

        try
        {
            return new IPEndPoint(IPAddress.TryParse(host, out IPAddress? address) ? address : Dns.GetHostAddresses(host)[0], port);
        }
        catch (SocketException unknown)
        {
            throw new UserErrorException(new UserError(ExitCode.Failure, $"cannot find the address of '{host}'", unknown.Message), unknown);
        }
    }
}
