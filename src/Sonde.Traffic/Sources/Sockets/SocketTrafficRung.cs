using Sonde.Host;
using Sonde.Host.Sockets;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Sockets;

/// <summary>The rungs that need no right: TCP's own counters, or the bare table where the system does not count.</summary>
/// <param name="backend">Which of the two this is.</param>
/// <param name="openClosings">Opens the system's notices of closed connections; null where it has none.</param>
internal sealed class SocketTrafficRung(TrafficBackend backend, Func<SocketClosings>? openClosings) : TrafficRung
{
    internal override TrafficBackend Backend => backend;

    private string Name => backend == TrafficBackend.Sockets ? "sockets" : "tables";

    private string Provides => backend == TrafficBackend.Sockets
        ? "bytes, round-trip times and retransmits of TCP connections, by the system's own counters"
        : "who talks to whom, without amounts";

    internal override TrafficSource? TryOpen(TrafficOptions options, SocketWatch? sockets, out BackendStatus status)
    {
        if (sockets is null)
        {
            status = new BackendStatus(TrafficLadder.Part, Name, BackendState.Unavailable, Provides, "table of sockets", "the system shows no table of sockets");
            return null;
        }

        SocketClosings? closings = null;
        string? missing = null;
        if (backend == TrafficBackend.Sockets && openClosings is not null)
        {
            try
            {
                closings = openClosings();
            }
            catch (HostException refused)
            {
                missing = $"without connections that open and close within a second: {refused.Message}";
            }
        }

        try
        {
            var source = new SocketTrafficSource(sockets, closings, options.Time);
            bool serves = backend == TrafficBackend.Tables || source.HasCounters;
            status = new BackendStatus(
                TrafficLadder.Part,
                Name,
                serves ? BackendState.Available : BackendState.Unavailable,
                Provides,
                sockets.Backend,
                serves ? missing : "the system counts nothing for its sockets");
            if (!serves)
            {
                source.Dispose();
            }

            return serves ? source : null;
        }
        catch (HostException refused)
        {
            closings?.Dispose();
            status = BackendStatus.From(TrafficLadder.Part, Name, Provides, refused);
            return null;
        }
    }
}
