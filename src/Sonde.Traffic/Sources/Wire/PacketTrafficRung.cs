using Sonde.Host;
using Sonde.Link;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Wire;

/// <summary>The rung of the packet plane.</summary>
/// <param name="findNamespace">The kernel's cookie of this process's network namespace, or 0.</param>
/// <param name="right">The right that it needs, by the system's name.</param>
internal sealed class PacketTrafficRung(Func<ulong> findNamespace, string right) : TrafficRung
{
    private const string Name = "packets";
    private const string Provides = "bytes and packets that cross the interfaces of this network namespace, with the process by the table of sockets";

    internal override TrafficBackend Backend => TrafficBackend.Packets;

    internal override TrafficSource? TryOpen(TrafficOptions options, SocketWatch? sockets, out BackendStatus status)
    {
        try
        {
            var source = PacketTrafficSource.Open(options, findNamespace());
            status = new BackendStatus(
                TrafficLadder.Part,
                Name,
                BackendState.Available,
                Provides,
                source.Way,
                sockets is null
                    ? "without processes: the system shows no table of sockets"
                    : "without traffic inside of other network namespaces, and without the process of a socket that closes before it is looked up");
            return source;
        }
        catch (LinkException refused)
        {
            bool isDenied = refused.Failure == LinkFailure.AccessDenied;
            status = new BackendStatus(
                TrafficLadder.Part,
                Name,
                isDenied ? BackendState.Denied : BackendState.Unavailable,
                Provides,
                refused.Operation,
                refused.Reason,
                refused.NativeError,
                isDenied ? [right] : null);
            return null;
        }
        catch (HostException refused)
        {
            status = BackendStatus.From(TrafficLadder.Part, Name, Provides, refused);
            return null;
        }
    }
}
