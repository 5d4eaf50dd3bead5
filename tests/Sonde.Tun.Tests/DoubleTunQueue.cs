namespace Sonde.Tun.Tests;

/// <summary>A queue over a list, whose room and whose failures a test chooses.</summary>
internal sealed class DoubleTunQueue : TunQueue
{
    private readonly ManualResetEventSlim _stopped = new();

    internal DoubleTunQueue(TunDevice device, TunOptions options)
        : base(device, 0, options)
    {
    }

    /// <summary>Lengths of what was sent.</summary>
    internal List<int> Sent { get; } = [];

    /// <summary>What is received next.</summary>
    internal Queue<byte[]> Incoming { get; } = new();

    /// <summary>How many packets still find room.</summary>
    internal int Room { get; set; } = int.MaxValue;

    /// <summary>Sends that found no room since the last that did.</summary>
    internal int Refusals { get; private set; }

    /// <summary>Room comes free after so many refusals; 0 for never.</summary>
    internal int RoomAfterRefusals { get; set; }

    /// <summary>Blocking waits for room.</summary>
    internal int RoomWaits { get; private set; }

    /// <summary>Is called in each of them.</summary>
    internal Action? OnRoomWait { get; set; }

    internal bool IsNativeEnded { get; private set; }

    private protected override TunStatus ReceiveCore(TunBatch batch)
    {
        while (batch.HasRoomForAny && Incoming.TryDequeue(out byte[]? packet))
        {
            batch.TryAdd(packet);
            Tally.ReceiveCalls++;
        }

        return batch.Count > 0 ? TunStatus.Ok : TunStatus.Empty;
    }

    private protected override TunStatus WaitCore(TimeSpan timeout) => _stopped.Wait(timeout) ? TunStatus.Closed : TunStatus.Empty;

    private protected override TunStatus SendCore(TunBatch batch, ref SendProgress progress)
    {
        for (; progress.Next < batch.Count; progress.Accept())
        {
            if (Room == 0)
            {
                Refusals++;
                if (RoomAfterRefusals == 0 || Refusals < RoomAfterRefusals)
                {
                    return TunStatus.Full;
                }

                Room = int.MaxValue;
            }

            Room--;
            Refusals = 0;
            Tally.SendCalls++;
            Sent.Add(batch[progress.Next].Length);
        }

        return TunStatus.Ok;
    }

    private protected override void WaitForRoomCore(TimeSpan timeout)
    {
        RoomWaits++;
        OnRoomWait?.Invoke();
        _stopped.Wait(TimeSpan.FromMilliseconds(1));
    }

    private protected override void StopCore() => _stopped.Set();

    private protected override void CloseCore()
    {
        _stopped.Dispose();
        IsNativeEnded = true;
    }
}
