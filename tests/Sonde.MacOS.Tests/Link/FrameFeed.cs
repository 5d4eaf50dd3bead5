using Sonde.Link;
using Sonde.Testing;

namespace Sonde.MacOS.Tests.Link;

/// <summary>Numbered frames into the look-alike and out of a device.</summary>
internal static class FrameFeed
{
    /// <summary>Puts frames of 60 bytes that end in their number into the device, all in one read.</summary>
    internal static void Feed(LookAlike system, params byte[] numbers) => Feed(system, plain: false, numbers);

    /// <summary>The same, with or without the extended header that tells the direction.</summary>
    internal static void Feed(LookAlike system, bool plain, params byte[] numbers) =>
        system.Capture(BpfBytes.Read(
            [.. numbers.Select(number => plain
                ? BpfBytes.Record(BpfBytes.Frame(60, number: number))
                : BpfBytes.Extended(BpfBytes.Frame(60, number: number), outbound: false))]));

    /// <summary>The numbers of the frames that can be had now.</summary>
    internal static List<int> Numbers(FrameDevice device)
    {
        var numbers = new List<int>();
        foreach (Frame frame in device.Receive())
        {
            numbers.Add(frame.Data[^1]);
        }

        return numbers;
    }
}
