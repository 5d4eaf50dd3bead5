using System.Diagnostics;
using System.Globalization;
using Sonde.Cli.Capturing;
using Sonde.Cli.Errors;
using Sonde.Cli.Frames;
using Sonde.Cli.Output;
using Sonde.Link;
using Sonde.Packets.Files;

namespace Sonde.Cli.Commands;

/// <summary>One run of `sonde send`: a file's frames onto an interface, and what became of them.</summary>
internal sealed class SendRun : IDisposable
{
    // Waits shorter than this are waited by looking at the clock: a timer would come late.
    private const long ShortestSleep = 2_000_000;

    private static readonly TimeSpan s_fullQueue = TimeSpan.FromMilliseconds(1);

    private readonly CommandContext _context;
    private readonly SendOptions _options;
    private readonly GracefulStop _stop = new();
    private readonly FrameSendBatch _batch = new(maxFrames: 64, capacity: 1 << 20);
    private readonly FrameDevice _device;
    private readonly SendPace _pace;
    private long _taken;
    private long _accepted;
    private long _bytes;
    private long _cut;
    private long _tooLong;
    private long _otherLink;
    private CaptureEnding? _torn;

    internal SendRun(CommandContext context, SendOptions options)
    {
        _context = context;
        _options = options;
        try
        {
            _device = FrameDevice.Open(options.Interface, new FrameDeviceOptions
            {
                Mode = FrameMode.Latency,
                Directions = FrameDirections.None,
                BypassQueue = options.BypassQueue,
            });
        }
        catch (LinkException refused)
        {
            throw LinkErrors.From("cannot send", "sonde send --interface", refused);
        }

        _pace = new SendPace(options.RatePerSecond);
    }

    private bool IsDone => _stop.Token.IsCancellationRequested || _taken == _options.Count;

    /// <summary>Sends it all.</summary>
    /// <returns>The exit code: 0 when every frame of the file was accepted.</returns>
    internal int Run()
    {
        // The device is open; the file may belong to anybody, and is opened anew for every round.
        LongRun.GiveUpRights(["CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH"]);
        long began = _context.Time.GetTimestamp();
        try
        {
            for (long round = 0; round < _options.Loop && !IsDone; round++)
            {
                SendFile();
                _pace.BeginAgain();
            }
        }
        catch (LinkException refused)
        {
            Report(_context.Time.GetElapsedTime(began));
            throw LinkErrors.From($"after {Number(_accepted)} frames cannot go on sending", "sonde send --interface", refused);
        }

        TimeSpan elapsed = _context.Time.GetElapsedTime(began);
        Report(elapsed);
        return _accepted == _taken && _cut == 0 && _otherLink == 0 && _torn is null ? ExitCode.Ok : ExitCode.Failure;
    }

    public void Dispose()
    {
        _device.Dispose();
        _stop.Dispose();
    }

    private void SendFile()
    {
        using CaptureReader reader = CaptureReader.Open(CaptureFileSource.OpenRead(_context, _options.Path, _stop.Token));
        if (reader.Ending.Kind == CaptureEndingKind.Refused)
        {
            throw CaptureFileSource.Refused(_options.Path, reader.Ending);
        }

        while (!IsDone && TryRead(reader, out CapturedPacket packet))
        {
            if (packet.LinkType != _device.LinkType)
            {
                _otherLink++;
                continue;
            }

            if (packet.WireLength > packet.Data.Length)
            {
                _cut++;
                continue;
            }

            if (!_pace.IsUnlimited && _pace.WaitFor(packet.HasTimestamp ? packet.TimestampNanoseconds : null) is > 0 and var wait)
            {
                // What is due goes before the pause.
                Flush();
                Pause(wait);
            }

            if (!_batch.TryAdd(packet.Data))
            {
                Flush();
                if (!_batch.TryAdd(packet.Data))
                {
                    _tooLong++;
                    _taken++;
                    continue;
                }
            }

            _taken++;
        }

        Flush();
        if (reader.Ending.Kind == CaptureEndingKind.Refused)
        {
            throw CaptureFileSource.Refused(_options.Path, reader.Ending);
        }

        if (!IsDone && reader.Ending.Kind == CaptureEndingKind.Torn)
        {
            _torn = reader.Ending;
        }
    }

    private bool TryRead(CaptureReader reader, out CapturedPacket packet)
    {
        try
        {
            return reader.TryRead(out packet);
        }
        catch (IOException failure)
        {
            throw CaptureFileName.Refused($"after {Number(_taken)} frames cannot go on reading", _options.Path, failure);
        }
    }

    private void Flush()
    {
        int sent = 0;
        while (sent < _batch.Count)
        {
            int accepted;
            try
            {
                accepted = _device.Send(_batch, sent);
            }
            catch (LinkException refused) when (refused.Failure == LinkFailure.FrameTooLong)
            {
                _tooLong++;
                sent++;
                continue;
            }

            for (int i = sent; i < sent + accepted; i++)
            {
                _bytes += _batch[i].Length;
            }

            _accepted += accepted;
            sent += accepted;
            if (sent < _batch.Count && accepted == 0 && _stop.Token.WaitHandle.WaitOne(s_fullQueue))
            {
                break; // the queue is full, and the user does not want to wait for it
            }
        }

        _batch.Clear();
    }

    private void Pause(long nanoseconds)
    {
        long began = Stopwatch.GetTimestamp();
        if (nanoseconds > ShortestSleep)
        {
            _stop.Token.WaitHandle.WaitOne(TimeSpan.FromTicks((nanoseconds - ShortestSleep) / 100));
        }

        while (Stopwatch.GetElapsedTime(began).TotalNanoseconds < nanoseconds && !_stop.Token.IsCancellationRequested)
        {
            Thread.SpinWait(20);
        }
    }

    private void Report(TimeSpan elapsed)
    {
        double seconds = Math.Max(elapsed.TotalSeconds, 1e-6);
        long refusals = _device.Statistics.SendRefusals;
        switch (_options.Format)
        {
            case OutputFormat.Json or OutputFormat.Ndjson:
                _context.Output.WriteJson((this, seconds, refusals), static (json, report) => report.Item1.Write(json, report.seconds, report.refusals));
                break;
            case OutputFormat.Tsv:
                _context.Output.WriteTsv(["interface", "frames", "accepted", "bytes", "seconds", "too_long", "cut", "other_link_type", "queue_full"]);
                _context.Output.WriteTsv(
                [
                    _options.Interface, Number(_taken), Number(_accepted), Number(_bytes), seconds.ToString("0.000000", CultureInfo.InvariantCulture),
                    Number(_tooLong), Number(_cut), Number(_otherLink), Number(refusals),
                ]);
                break;
            default:
                _context.Output.Write(
                    $"{Number(_accepted)} of {Number(_taken)} frames accepted by {SafeText.OneLine(_options.Interface)}, {Units.Bytes(_bytes)} in {seconds.ToString("0.000", CultureInfo.InvariantCulture)} s: "
                    + $"{Units.Count(_accepted / seconds)} frames/s, {Units.BitsPerSecond(_bytes * 8 / seconds)}\n");
                break;
        }

        Tell(_tooLong, "frames", "they are longer than the interface takes");
        Tell(_cut, "packets", "the capture kept only their beginnings, and a frame that was never on the wire is not made up");
        Tell(_otherLink, "packets", $"they do not begin as frames of {_options.Interface} do ({FrameWords.Describe(_device.LinkType)})");
        Tell(_taken - _accepted - _tooLong, "frames", "stopped before the queue took them");
        if (_torn is not null)
        {
            _context.Note($"not sent: the rest of the file: {_torn}");
        }

        if (refusals > 0)
        {
            _context.Note($"the queue was full {Number(refusals)} times, and what did not fit was offered again");
        }
    }

    private void Write(JsonText json, double seconds, long refusals)
    {
        json.BeginObject();
        json.Property("type"u8, "sent"u8);
        json.Property("interface"u8, _options.Interface);
        json.Property("frames"u8, _taken);
        json.Property("accepted"u8, _accepted);
        json.Property("bytes"u8, _bytes);
        json.Property("seconds"u8, Math.Round(seconds, 6));
        json.Property("too_long"u8, _tooLong);
        json.Property("cut"u8, _cut);
        json.Property("other_link_type"u8, _otherLink);
        json.Property("queue_full"u8, refusals);
        json.EndObject();
    }

    private void Tell(long count, string what, string why)
    {
        if (count > 0)
        {
            _context.Note($"not sent: {what} ({Number(count)}): {why}");
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
