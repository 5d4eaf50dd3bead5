using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Host.Sockets;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Attribution;

/// <summary>The owners that the system's table of sockets names: who has a descriptor of it open.</summary>
internal sealed class SocketOwners(SocketWatch watch) : OwnerSource
{
    internal override bool TryFind(in FlowIdentity flow, ulong socketCookie, out OwnerClue clue)
    {
        clue = default;
        if (watch.Find(flow.Key, socketCookie, out SocketMatch match) is not { } socket
            || !socket.Owners.TryGetValue(out IReadOnlyList<SocketOwner>? owners)
            || owners.Count == 0)
        {
            return false;
        }

        SocketOwner owner = owners[0];
        clue = new OwnerClue(
            owner.Pid,
            owner.Key.TryGetValue(out ProcessKey key) ? key.Start : 0,
            owner.Name.HasValue ? owner.Name.Value : null,
            socket.UserId.TryGetValue(out uint user) ? user : null,
            match switch
            {
                SocketMatch.Exact => OwnerConfidence.Exact,
                SocketMatch.Listener => OwnerConfidence.Listener,
                _ => OwnerConfidence.Wildcard,
            });
        return true;
    }

    internal override UnownedReason Explain(in FlowIdentity flow, ulong socketCookie) =>
        watch.Find(flow.Key, socketCookie, out _) is not { } socket ? UnownedReason.None
        : socket.Owners.Status == ReadingStatus.Denied ? UnownedReason.Denied
        : socket.State == SocketState.TimeWait ? UnownedReason.Closed
        : UnownedReason.None;

    internal override void Refresh() => watch.Read(withOwners: true);
}
