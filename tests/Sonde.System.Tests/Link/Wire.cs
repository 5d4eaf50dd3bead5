using System.Diagnostics;
using Sonde.Link;
using Sonde.Testing;

namespace Sonde.System.Tests.Link;

/// <summary>A network namespace with a cable in it: what is sent at one end, "left", arrives at the other, "right", and nothing else does.</summary>
internal sealed class Wire : IDisposable
{
    private readonly List<IDisposable> _opened = [];

    internal Wire()
    {
        Host = NeedsRoot.Namespace();
        Host.Shell("""
            ip link add left numtxqueues 1 numrxqueues 1 type veth peer name right numtxqueues 1 numrxqueues 1
            for end in left right; do ip link set $end addrgenmode none arp off; ip link set $end up; done
            """);
    }

    internal NetworkNamespace Host { get; }

    /// <summary>Every way that frames can come, by the end of its name.</summary>
    internal static TheoryData<string> Backends => ["ring", "slots", "socket"];

    /// <summary>Options that lead to a backend: slots are for frames that are known to be short.</summary>
    internal static FrameDeviceOptions For(string backend) => backend switch
    {
        "ring" => new FrameDeviceOptions(),
        "slots" => new FrameDeviceOptions { Mode = FrameMode.Latency, SnapLength = 2000 },
        _ => new FrameDeviceOptions { Mode = FrameMode.Latency },
    };

    internal FrameDevice Open(string name, FrameDeviceOptions? options = null)
    {
        FrameDevice device = Host.Run(() => FrameDevice.Open(name, options));
        _opened.Add(device);
        return device;
    }

    /// <summary>A device that only sends.</summary>
    internal FrameDevice Sender(string name = "left") => Open(name, new FrameDeviceOptions { Mode = FrameMode.Latency, Directions = FrameDirections.None });

    /// <summary>Starts a program in the namespace; it is ended with the wire.</summary>
    internal Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
        Process process = Host.Run(() => Process.Start(start)!); // UseShellExecute is off, so there is one
        _opened.Add(new Ended(process));
        return process;
    }

    /// <summary>An Ethernet frame that carries its number, broadcast with a private EtherType.</summary>
    internal static byte[] Numbered(int number, int length = 60, ushort etherType = 0x88B5)
    {
        byte[] frame = new byte[length];
        new Random(number).NextBytes(frame);
        frame.AsSpan(0, 6).Fill(0xFF);
        frame[6] = 0x02;
        frame[12] = (byte)(etherType >> 8);
        frame[13] = (byte)etherType;
        BitConverter.TryWriteBytes(frame.AsSpan(14), number);
        return frame;
    }

    /// <summary>Receives until there are so many frames, or none came for a second or what is told.</summary>
    internal static List<byte[]> Take(FrameDevice device, int count, TimeSpan? idle = null)
    {
        var frames = new List<byte[]>();
        while (frames.Count < count && device.Wait(idle ?? TimeSpan.FromSeconds(1)) == FrameWait.Ready)
        {
            foreach (Frame frame in device.Receive())
            {
                frames.Add(frame.Data.ToArray());
            }
        }

        return frames;
    }

    public void Dispose()
    {
        foreach (IDisposable one in _opened)
        {
            one.Dispose();
        }

        Host.Dispose();
    }

    private sealed class Ended(Process process) : IDisposable
    {
        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }

            process.StandardError.Dispose();
            process.Dispose();
        }
    }
}
