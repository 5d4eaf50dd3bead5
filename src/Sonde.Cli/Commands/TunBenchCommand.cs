using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sonde.Cli.Errors;
using Sonde.Cli.Json;
using Sonde.Cli.Output;
using Sonde.Tun;

namespace Sonde.Cli.Commands;

/// <summary>`sonde tun bench`: what one thread of this host receives and sends through a TUN device, in each mode, and what limits it.</summary>
internal static class TunBenchCommand
{
    private const int PayloadSize = 1440;
    private const int PacketsPerSend = 44; // just under 64 KiB
    private const int SendsPerRound = 16; // fewer packets than the device's queue holds

    private static readonly TimeSpan s_bindPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(500);

    private static readonly TableColumn[] s_columns =
        [new("MODE"), new("RECEIVE ns/packet", 0, IsNumber: true), new("Gbit/s", 0, IsNumber: true), new("SEND ns/packet", 0, IsNumber: true), new("Gbit/s ", 0, IsNumber: true), new("PACKETS/CALL", 1, IsNumber: true), new("ALLOCATED B/packet", 2, IsNumber: true)];

    internal static Command Build(CommandContext context)
    {
        var rounds = new Option<int>("--rounds") { Description = "How many times 704 packets go through, in each mode.", HelpName = "N", DefaultValueFactory = _ => 300 };
        Option<OutputFormat> format = CommandContext.FormatOption();
        Option<string?> library = TunDeviceOptions.LibraryOption();
        var command = new Command("bench", "Measures what one thread receives and sends through a TUN device: plain, segmented and raw, and says what limits it.") { rounds, format, library };
        TeachingHelp.Install(
            command,
            """
              sudo sonde tun bench
              sudo sonde tun bench --rounds 1000 --format json | jq '.send_bits_per_second'
            """);
        command.SetAction(result =>
        {
            int count = Math.Clamp(result.GetValue(rounds), 1, 1_000_000);
            TunWindowsOptions windows = TunDeviceOptions.ReadWindows(result.GetValue(library));
            TunBenchRun[] runs =
            [
                .. new[] { TunOffload.None, TunOffload.Segmented, TunOffload.Raw }.Select(mode => TunCommand.Try("cannot measure the TUN device", () => Measure(mode, count, windows))),
            ];
            Print(context.Output, runs, result.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(CommandOutput output, TunBenchRun[] runs, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json or OutputFormat.Ndjson:
                foreach (TunBenchRun run in runs)
                {
                    output.WriteJsonLine(run, TunJson.WriteRun);
                }

                break;
            case OutputFormat.Tsv:
                output.WriteTsv(["mode", "receive_ns_per_packet", "receive_bps", "send_ns_per_packet", "send_bps", "packets_per_call", "allocated_bytes_per_packet"]);
                foreach (TunBenchRun run in runs)
                {
                    output.WriteTsv(Cells(run, 1));
                }

                break;
            default:
                output.Write(TextTable.Draw(s_columns, [.. runs.Select(run => Cells(run, 1e9))], output.Screen.Width, output.Screen.Style));
                output.Write(Verdict(runs));
                break;
        }
    }

    private static string[] Cells(TunBenchRun run, double unit) =>
    [
        run.Mode, Number(run.ReceiveNanosecondsPerPacket), Number(run.ReceiveBitsPerSecond / unit), Number(run.SendNanosecondsPerPacket), Number(run.SendBitsPerSecond / unit), Number(run.PacketsPerCall),
        Number(run.AllocatedBytesPerPacket),
    ];

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Verdict(TunBenchRun[] runs)
    {
        TunBenchRun plain = runs[0];
        TunBenchRun segmented = runs[1];
        TunBenchRun raw = runs[2];
        var text = new StringBuilder("\n");
        text.Append(CultureInfo.InvariantCulture, $"plain      one call a packet each way: {plain.ReceiveNanosecondsPerPacket + plain.SendNanosecondsPerPacket:0} ns of the system's for each packet is the limit.\n");
        if (raw.PacketsPerCall < 2)
        {
            text.Append("This system gave no super-packets, so segmented and raw are no faster.\n");
            return text.ToString();
        }

        text.Append(CultureInfo.InvariantCulture, $"segmented  {segmented.PacketsPerCall:0} packets a call; cutting, joining and checksums take {Math.Max(0, segmented.ReceiveNanosecondsPerPacket + segmented.SendNanosecondsPerPacket - raw.ReceiveNanosecondsPerPacket - raw.SendNanosecondsPerPacket):0} ns a packet more than raw.\n");
        text.Append("raw        two copies by the system for each byte are the limit.\n");
        return text.ToString();
    }

    // The system is the load: a socket sends to an address behind the device; only the calls of the queue are timed.
    private static TunBenchRun Measure(TunOffload mode, int rounds, TunWindowsOptions windows)
    {
        TunAddress own = TunAddress.Parse("198.18.255.1/30"); // RFC 2544: addresses for measurements
        using TunDevice device = TunDevice.Open(new TunOptions { Offload = mode, Configuration = new TunConfiguration { Addresses = [own], Mtu = 1500 }, Windows = windows });
        TunQueue queue = device.Queues[0];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SendBufferSize = 4 << 20;
        Bind(socket, new IPEndPoint(own.Address.ToIPAddress(), 0));
        SocketAddress peer = new IPEndPoint(IPAddress.Parse("198.18.255.2"), 9).Serialize();
        int burst = AsksForSegments(socket) ? PacketsPerSend : 1;
        byte[] payload = new byte[PayloadSize * burst];
        var batch = new TunBatch();
        var tally = default(Tally);
        long allocated;
        // The compiler optimises after a time, not after a count.
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < s_warmUp;)
        {
            Round();
        }

        tally = default;
        allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < rounds; round++)
        {
            Round();
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        double packets = Math.Max(1, (double)tally.Bytes / (PayloadSize + 28));
        TunCounters counters = device.Counters;
        return new TunBenchRun(
            Words.Of(mode),
            Words.Of(device.Offload),
            Nanoseconds(tally.Receiving) / packets,
            tally.Bytes * 8 / Math.Max(1e-9, Nanoseconds(tally.Receiving) / 1e9),
            Nanoseconds(tally.Sending) / packets,
            tally.Bytes * 8 / Math.Max(1e-9, Nanoseconds(tally.Sending) / 1e9),
            (double)counters.ReceivedBytes / (PayloadSize + 28) / Math.Max(1, counters.ReceiveCalls),
            allocated / packets);

        void Round()
        {
            for (int i = 0; i < SendsPerRound * PacketsPerSend / burst; i++)
            {
                socket.SendTo(payload, SocketFlags.None, peer);
            }

            Drain(queue, batch, ref tally);
        }
    }

    // Windows takes a moment until an address of an adapter that has just been connected can be used.
    private static void Bind(Socket socket, IPEndPoint own)
    {
        SocketException? refused = null;
        bool isBound = SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    socket.Bind(own);
                    return true;
                }
                catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressNotAvailable)
                {
                    refused = failure;
                    return false;
                }
            },
            s_bindPatience);
        if (!isBound)
        {
            throw new UserErrorException(new UserError(ExitCode.Failure, $"cannot use the address {own.Address} of the TUN device", refused?.Message), refused);
        }
    }

    private static void Drain(TunQueue queue, TunBatch batch, ref Tally tally)
    {
        while (true)
        {
            long started = Stopwatch.GetTimestamp();
            TunStatus status = queue.TryReceive(batch);
            long received = Stopwatch.GetTimestamp();
            if (status != TunStatus.Ok)
            {
                return;
            }

            // Back to where it came from: the system takes it and has no use for it.
            queue.Send(batch);
            long sent = Stopwatch.GetTimestamp();
            tally.Receiving += received - started;
            tally.Sending += sent - received;
            tally.Bytes += batch.TotalLength;
        }
    }

    // UDP_SEGMENT of Linux: one send for many datagrams; other systems send them one by one.
    private static bool AsksForSegments(Socket socket)
    {
        try
        {
            socket.SetRawSocketOption(17, 103, BitConverter.GetBytes(PayloadSize));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static double Nanoseconds(long ticks) => ticks * (1e9 / Stopwatch.Frequency);

    private struct Tally
    {
        internal long Receiving;
        internal long Sending;
        internal long Bytes;
    }
}
