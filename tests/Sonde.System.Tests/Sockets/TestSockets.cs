using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sonde.System.Tests.Sockets;

/// <summary>What tests of sockets do again and again.</summary>
internal static class TestSockets
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    /// <summary>Opens connections to a listener and closes them at once.</summary>
    internal static void Open(Socket listener, int count)
    {
        for (int at = 0; at < count; at++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.LingerState = new LingerOption(true, 0); // reset, not TIME_WAIT: the ports last
            client.Connect(listener.LocalEndPoint!); // it is bound
            using Socket server = listener.Accept();
        }
    }

    /// <summary>A listener on loopback.</summary>
    internal static Socket Listener(int port = 0)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(16);
        return listener;
    }

    /// <summary>How many connections hold-sockets holds, once it does.</summary>
    internal static int Ready(string file)
    {
        WaitFor(() => File.Exists(file) && File.ReadAllText(file).Contains('\n', StringComparison.Ordinal));
        string said = File.ReadAllText(file);
        Assert.StartsWith("ready ", said, StringComparison.Ordinal);
        return int.Parse(said["ready ".Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until something has happened.</summary>
    internal static void WaitFor(Func<bool> condition)
    {
        long begun = global::System.Diagnostics.Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(global::System.Diagnostics.Stopwatch.GetElapsedTime(begun) < s_patience, string.Create(CultureInfo.InvariantCulture, $"it did not happen within {s_patience.TotalSeconds} s"));
            TestContext.Current.CancellationToken.WaitHandle.WaitOne(10);
        }
    }
}
