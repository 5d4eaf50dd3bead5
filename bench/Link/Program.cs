// Our side of bench/link; what each command does and prints is told at the head of native/link.c.
using System.Diagnostics;
using System.Globalization;
using Sonde.Link;

return args switch
{
    ["capture", string name] => Capture(name),
    ["echo", string name, string how] => Echo(name, how),
    ["ask", string name, string how, string count] => Ask(name, how, int.Parse(count, CultureInfo.InvariantCulture)),
    _ => 2,
};

static int Capture(string name)
{
    using FrameDevice device = FrameDevice.Open(name);
    long frames = 0;
    ulong sum = 0;
    TimeSpan before = Environment.CpuUsage.TotalTime;
    while (device.Wait(frames == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(2)) == FrameWait.Ready)
    {
        foreach (Frame frame in device.Receive())
        {
            frames++;
            sum += (ulong)frame.Data.Length + frame.Data[14];
        }
    }

    TimeSpan after = Environment.CpuUsage.TotalTime;
    Console.WriteLine($"{frames} {device.Statistics.Dropped} {(after - before).TotalMicroseconds:0} {sum}");
    return 0;
}

static FrameDevice OpenForAnswers(string name, string how) => FrameDevice.Open(name, new FrameDeviceOptions
{
    Mode = FrameMode.Latency,
    EtherType = 0x88A4,
    Spin = how == "spin" ? TimeSpan.FromMilliseconds(100) : TimeSpan.Zero,
});

static int Echo(string name, string how)
{
    using FrameDevice device = OpenForAnswers(name, how);
    while (device.Wait())
    {
        foreach (Frame frame in device.Receive())
        {
            device.TrySend(frame.Data);
        }
    }

    return 0;
}

static int Ask(string name, string how, int count)
{
    using FrameDevice device = OpenForAnswers(name, how);
    int warm = count / 10;
    long[] times = new long[count];
    byte[] question = new byte[60];
    question.AsSpan(0, 6).Fill(0xFF);
    question[6] = 2;
    question[12] = 0x88;
    question[13] = 0xA4;
    for (int round = -warm; round < count; round++)
    {
        long started = Stopwatch.GetTimestamp();
        device.TrySend(question);
        int answers = 0;
        while (answers == 0 && device.Wait())
        {
            foreach (Frame frame in device.Receive())
            {
                answers += frame.Data.Length;
                if (round >= 0)
                {
                    times[round] = (Stopwatch.GetTimestamp() - started) * (1_000_000_000 / Stopwatch.Frequency);
                }
            }
        }
    }

    Array.Sort(times);
    Console.WriteLine($"{times[count / 2]} {times[count / 100 * 99]}");
    return 0;
}
