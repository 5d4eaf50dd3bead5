using System.Diagnostics;

namespace Sonde.Tun;

public abstract partial class TunQueue
{
    private readonly Lock _sending = new();
    private TunBatch? _pieces; // of super-packets that the device cannot take
    private TunBatch? _single; // a packet that came without a batch

    /// <summary>Sends every packet of a batch, in order. The batch stays as it is, but for the framing room before each packet.</summary>
    public TunSendResult Send(TunBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!TryEnter())
        {
            return new TunSendResult(0, batch.Count, batch.Count == 0 ? TunStatus.Ok : TunStatus.Closed);
        }

        TunSendResult result;
        lock (_sending)
        {
            result = SendLocked(batch);
        }

        Exit();
        return result;
    }

    /// <summary>Sends a copy of one packet.</summary>
    /// <param name="packet">From its IP header on.</param>
    /// <param name="segmentation">What it stands for, if not for itself.</param>
    public TunStatus Send(ReadOnlySpan<byte> packet, TunSegmentation segmentation = default)
    {
        if (!TryEnter())
        {
            return TunStatus.Closed;
        }

        TunStatus status;
        lock (_sending)
        {
            _single ??= new TunBatch(new TunBatchOptions { Capacity = 1 });
            _single.Clear();
            if (_single.TryAdd(packet, segmentation))
            {
                status = SendLocked(_single).Status;
            }
            else
            {
                Tally.DroppedInvalid++;
                status = TunStatus.Invalid;
            }
        }

        Exit();
        return status;
    }

    private TunSendResult SendLocked(TunBatch batch)
    {
        long deadline = 0;
        if (!NeedsSegmenting(batch))
        {
            return SendAll(batch, ref deadline);
        }

        int accepted = 0;
        int dropped = 0;
        TunStatus first = TunStatus.Ok;
        _pieces ??= new TunBatch();
        for (int i = 0; i < batch.Count; i++)
        {
            TunStatus status = SendInPieces(batch[i], batch.GetSegmentation(i), ref deadline);
            accepted += status == TunStatus.Ok ? 1 : 0;
            dropped += status == TunStatus.Ok ? 0 : 1;
            first = first == TunStatus.Ok ? status : first;
        }

        return new TunSendResult(accepted, dropped, first);
    }

    private TunStatus SendInPieces(ReadOnlySpan<byte> packet, TunSegmentation segmentation, ref long deadline)
    {
        TunBatch pieces = _pieces!; // made by the caller
        if (!Segmenter.TryCreate(packet, segmentation, out Segmenter segmenter))
        {
            Tally.DroppedInvalid++;
            return TunStatus.Invalid;
        }

        TunStatus status = TunStatus.Ok;
        do
        {
            pieces.Clear();
            segmenter.Fill(packet, pieces);
            status = SendAll(pieces, ref deadline).Status;
        }
        while (status == TunStatus.Ok && !segmenter.IsDone);
        return status;
    }

    private TunSendResult SendAll(TunBatch batch, ref long deadline)
    {
        var progress = default(SendProgress);
        TunStatus first = TunStatus.Ok;
        while (progress.Next < batch.Count)
        {
            int lost = progress.Lost;
            TunStatus status = SendCore(batch, ref progress);
            if (progress.Lost > lost)
            {
                Tally.DroppedInvalid += progress.Lost - lost;
                first = first == TunStatus.Ok ? TunStatus.Invalid : first;
            }

            if (status == TunStatus.Full && WaitForRoom(ref deadline))
            {
                continue;
            }

            first = first == TunStatus.Ok ? status : first;
            if (status == TunStatus.Ok || progress.Next >= batch.Count)
            {
                continue;
            }

            if (status == TunStatus.Invalid)
            {
                progress.Lose(batch[progress.Next].Length);
                Tally.DroppedInvalid++;
                continue;
            }

            // Full beyond the policy's patience, down, gone: the rest would fare no better.
            int before = progress.Lost;
            while (progress.Next < batch.Count)
            {
                if (batch.IsSent(progress.Next))
                {
                    progress.Accept();
                }
                else
                {
                    progress.Lose(batch[progress.Next].Length);
                }
            }

            int rest = progress.Lost - before;

            switch (status)
            {
                case TunStatus.Full:
                    Tally.DroppedFull += rest;
                    break;
                case TunStatus.Down:
                    Tally.DroppedDown += rest;
                    break;
                default:
                    Tally.DroppedFailed += rest;
                    break;
            }
        }

        batch.ForgetSent();
        Tally.SentPackets += batch.Count - progress.Lost;
        Tally.SentBytes += batch.TotalLength - progress.LostBytes;
        return new TunSendResult(batch.Count - progress.Lost, progress.Lost, first);
    }

    // Whether to try again, after a pause that the policy allows.
    private bool WaitForRoom(ref long deadline)
    {
        if (deadline == 0)
        {
            Tally.FullEvents++;
            deadline = Stopwatch.GetTimestamp() + (long)(FullPolicy.Budget.TotalSeconds * Stopwatch.Frequency);
        }

        if (FullPolicy.Action == TunFullAction.Drop || IsClosed)
        {
            return false;
        }

        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        if (FullPolicy.Action == TunFullAction.SpinThenDrop)
        {
            Thread.SpinWait(32);
        }
        else
        {
            WaitForRoomCore(left);
        }

        return true;
    }

    private bool NeedsSegmenting(TunBatch batch)
    {
        TunOffloadFeatures features = Device.OffloadFeatures;
        for (int i = 0; i < batch.Count; i++)
        {
            TunSegmentation segmentation = batch.GetSegmentation(i);
            if ((segmentation.NeedsChecksum || segmentation.IsSuperPacket) && !Takes(features, segmentation))
            {
                return true;
            }
        }

        return false;
    }

    // Not HasFlag: it allocates until the method is compiled for the second time.
    private static bool Takes(TunOffloadFeatures features, TunSegmentation segmentation) =>
        (features & TunOffloadFeatures.Checksum) != TunOffloadFeatures.None
        && (!segmentation.HasEcn || (features & TunOffloadFeatures.TcpEcn) != TunOffloadFeatures.None)
        && segmentation.Kind switch
        {
            TunSegmentationKind.None => true,
            TunSegmentationKind.TcpIPv4 => (features & TunOffloadFeatures.TcpIPv4) != TunOffloadFeatures.None,
            TunSegmentationKind.TcpIPv6 => (features & TunOffloadFeatures.TcpIPv6) != TunOffloadFeatures.None,
            _ => (features & TunOffloadFeatures.Udp) != TunOffloadFeatures.None,
        };
}
