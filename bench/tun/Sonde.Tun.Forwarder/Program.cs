using System.Globalization;
using System.Runtime.InteropServices;
using Sonde.Tun;

// Makes two TUN devices and carries every packet from the one to the other, a thread for each direction; the rival is forwarder.c beside it.
//   Sonde.Tun.Forwarder plain|segmented|raw LEFT RIGHT      prints "ready" once both devices are there; SIGTERM ends it with its counters
if (args.Length != 3)
{
    Console.Error.WriteLine("usage: Sonde.Tun.Forwarder plain|segmented|raw LEFT RIGHT");
    return 2;
}

TunOffload offload = args[0] switch { "segmented" => TunOffload.Segmented, "raw" => TunOffload.Raw, _ => TunOffload.None };
using TunDevice left = TunDevice.Open(new TunOptions { Name = args[1], Offload = offload, Configuration = null });
using TunDevice right = TunDevice.Open(new TunOptions { Name = args[2], Offload = offload, Configuration = null });
using PosixSignalRegistration stop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    left.Dispose();
    right.Dispose();
});
long allocated = 0;
var back = new Thread(() => Forward(right.Queues[0], left.Queues[0])) { Name = "back" };
back.Start();
Console.WriteLine("ready");
Forward(left.Queues[0], right.Queues[0]);
back.Join();
TunCounters counters = left.Counters + right.Counters;
Console.Error.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"received {counters.ReceivedPackets} packets by {counters.ReceiveCalls} calls, sent {counters.SentPackets} by {counters.SendCalls}, slept {counters.Waits}, spun {counters.SpinHits}, allocated {Volatile.Read(ref allocated)} bytes"));
return 0;

void Forward(TunQueue from, TunQueue to)
{
    var batch = new TunBatch();
    long rounds = 0;
    long before = 0;
    while (from.Receive(batch) == TunStatus.Ok)
    {
        to.Send(batch);
        if (++rounds == 1000)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
        }
    }

    Interlocked.Add(ref allocated, rounds < 1000 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before);
}
