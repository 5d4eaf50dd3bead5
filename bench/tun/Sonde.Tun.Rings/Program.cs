using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Sonde.Testing;
using Sonde.Tun;

// What the managed side adds to a packet through Wintun's rings: the same work in C# and in C, over a look-alike of wintun.dll, in turns.
//   Sonde.Tun.Rings FOLDER [ROUNDS]      the folder holds fakewintun.dll and faketunip.dll
string folder = args[0].Replace('/', '\\');
int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2000;
LookalikeDll.Replace(Assembly.Load("Sonde.Interop"), "iphlpapi.dll", Path.Combine(folder, "faketunip.dll"));
string library = Path.Combine(folder, "fakewintun.dll");
LookalikeDll wintun = LookalikeDll.Load(library);
using TunDevice device = TunDevice.Open(new TunOptions { Name = "rings0", Windows = new TunWindowsOptions { LibraryPath = library } });
TunQueue queue = device.Queues[0];
const int Packets = 512;
foreach (int size in (int[])[64, 1500])
{
    wintun.Call("fake_length", size);
    byte[] block = new byte[Packets * size];
    var batches = new TunBatch[Packets / 128];
    for (int i = 0; i < batches.Length; i++)
    {
        batches[i] = new TunBatch(new TunBatchOptions { Capacity = 128, SlabSize = 1 << 20 });
    }

    var received = new List<(double Managed, double Lent, double Native)>();
    var sent = new List<(double Managed, double Lent, double Native)>();
    long allocated = 0;
    for (int round = 0; round < rounds; round++)
    {
        Fill();
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        foreach (TunBatch batch in batches)
        {
            queue.TryReceive(batch);
        }

        double managedReceive = Nanoseconds(start);
        start = Stopwatch.GetTimestamp();
        foreach (TunBatch batch in batches)
        {
            queue.Send(batch);
        }

        double managedSend = Nanoseconds(start);
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Empty();

        Fill();
        start = Stopwatch.GetTimestamp();
        int at = 0;
        while (queue.TryLease(out TunLease lease) == TunStatus.Ok)
        {
            lease.Packet.CopyTo(block.AsSpan(at));
            at += lease.Packet.Length;
            lease.Dispose();
        }

        double lentReceive = Nanoseconds(start);
        start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Packets; i++)
        {
            queue.TryLeaseSend(size, out TunSendLease lease);
            block.AsSpan(i * size, size).CopyTo(lease.Packet);
            lease.Commit();
        }

        double lentSend = Nanoseconds(start);
        Empty();

        Fill();
        double nativeReceive = wintun.CallWith("fake_native_receive", block) / (double)Packets;

        // What is handed over is how many, and where the bytes of each are.
        double nativeSend = wintun.CallWith("fake_native_send", block.AsSpan(0, Packets)) / (double)Packets;
        Empty();
        received.Add((managedReceive, lentReceive, nativeReceive));
        sent.Add((managedSend, lentSend, nativeSend));
    }

    Print("receive", received);
    Print("send", sent);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size,5} bytes allocated in the last round: {allocated}"));

    void Print(string what, List<(double Managed, double Lent, double Native)> times)
    {
        // The look-alike's own work is in all three; what is above C's is the managed side's.
        double managed = Median(times.Select(static one => one.Managed));
        double lent = Median(times.Select(static one => one.Lent));
        double native = Median(times.Select(static one => one.Native));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{size,5} {what,-8} batch {managed,6:0} ns  lease {lent,6:0} ns  C {native,6:0} ns  managed overhead: batch {managed - native,5:0} ns, lease {lent - native,5:0} ns a packet"));
    }
}

static double Median(IEnumerable<double> values)
{
    double[] ordered = [.. values.Order()];
    return ordered[ordered.Length / 2];
}

static double Nanoseconds(long start) => Stopwatch.GetElapsedTime(start).TotalNanoseconds / Packets;

void Fill()
{
    if (wintun.Call("fake_burst", Packets) != Packets)
    {
        throw new InvalidOperationException("The ring has no room.");
    }
}

void Empty()
{
    while (wintun.Call("fake_take_all") > 0)
    {
    }
}
