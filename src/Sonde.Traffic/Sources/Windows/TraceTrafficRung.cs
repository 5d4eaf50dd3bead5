using System.Runtime.Versioning;
using Sonde.Host;
using Sonde.Interop;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Windows;

/// <summary>The rung of the kernel's trace of the network.</summary>
[SupportedOSPlatform("windows")]
internal sealed class TraceTrafficRung : TrafficRung
{
    private const string Name = "etw";
    private const string Provides = "bytes of TCP and UDP for every process, those that ended too, by the kernel's own events";
    private static readonly string[] s_rights = ["Administrator", "Performance Log Users"];

    internal override TrafficBackend Backend => TrafficBackend.EventTrace;

    internal override TrafficSource? TryOpen(TrafficOptions options, SocketWatch? sockets, out BackendStatus status)
    {
        if (options.Interface is not null)
        {
            status = new BackendStatus(TrafficLadder.Part, Name, BackendState.Unavailable, Provides, "interface", "the kernel's events do not say over which interface something went");
            return null;
        }

        try
        {
            var source = TraceTrafficSource.Open(options);
            status = new BackendStatus(
                TrafficLadder.Part,
                Name,
                BackendState.Available,
                Provides,
                "StartTrace",
                "bytes are payload, without headers, and packets are what the kernel moved at once; no other protocols than TCP and UDP");
            return source;
        }
        catch (NativeException refused)
        {
            var failure = HostException.From(refused);
            status = BackendStatus.From(TrafficLadder.Part, Name, Provides, failure, failure.Failure == HostFailure.AccessDenied ? s_rights : []);
            return null;
        }
        catch (HostException refused)
        {
            status = BackendStatus.From(TrafficLadder.Part, Name, Provides, refused);
            return null;
        }
    }
}
