// Prints the frames of an interface, one line each, until it has seen enough of them or Ctrl-C:
//   dotnet run --project samples/Capture -- eth0 "tcp port 443" 10
using System.Globalization;
using Sonde.Link;
using Sonde.Packets;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: Capture INTERFACE [FILTER [COUNT]]");
    return 2;
}

FrameAccess access = FrameDevice.CheckAccess();
if (!access.IsAvailable)
{
    Console.Error.WriteLine($"{access.Operation}: {access.Reason}; needs {string.Join(", ", access.MissingRights)}");
    return 77;
}

string? filter = args.Length > 1 ? args[1] : null;
int left = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : int.MaxValue;
using var stopping = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stopping.Cancel();
};

using FrameDevice device = FrameDevice.Open(args[0], new FrameDeviceOptions { Filter = filter });
Console.Error.WriteLine($"{device.Name}: {device.LinkType} by {device.Backend}, filter {(device.FiltersInKernel ? "in the kernel" : "in this process")}");
while (left > 0 && device.Wait(stopping.Token))
{
    foreach (Frame frame in device.Receive())
    {
        // The frame is on loan from the ring: what is kept is the line.
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(frame.TimestampNanoseconds / TimeSpan.NanosecondsPerTick);
        Console.WriteLine($"{time:HH:mm:ss.ffffff} {PacketText.Format(frame.LinkType, frame.Data, frame.WireLength)}");
        if (--left == 0)
        {
            break;
        }
    }
}

FrameStatistics seen = device.Statistics;
Console.Error.WriteLine($"{seen.Delivered} frames, {seen.Dropped} dropped");
return 0;
