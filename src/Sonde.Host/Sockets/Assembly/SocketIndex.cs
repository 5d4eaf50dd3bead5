using System.Numerics;
using Sonde.Packets;

namespace Sonde.Host.Sockets.Assembly;

/// <summary>Finds sockets by both ends, by the local end, and by cookie. Built once per snapshot into arrays that are kept: no allocation in the steady state.</summary>
internal sealed class SocketIndex
{
    private const int MinBuckets = 256;
    private int[] _flowHeads = [];
    private int[] _flowNext = [];
    private int[] _identityHeads = [];
    private int[] _identityNext = [];
    private ulong _ownNamespace;

    /// <summary>Builds it; a socket that was there before is moved behind the end.</summary>
    /// <returns>How many records are left at the front.</returns>
    internal int Build(Span<SocketRecord> records, ulong ownNamespace)
    {
        _ownNamespace = ownNamespace;
        Reset(records.Length);
        int left = records.Length;
        for (int at = 0; at < left;)
        {
            SocketRecord record = records[at];
            if (IdentityOf(record.Sample) is not 0 and var identity && FindIdentity(records[..at], identity) is not null)
            {
                (records[at], records[left - 1]) = (records[left - 1], record);
                left--;
                continue;
            }

            Link(records[at], at);
            at++;
        }

        return left;
    }

    /// <summary>What names a socket: its cookie, which is never used twice, or where none is told its inode; 0 when there is neither.</summary>
    internal static ulong IdentityOf(in SocketSample sample) => sample.Has(SocketFacts.Cookie) ? sample.Cookie : sample.Inode;

    internal SocketRecord? FindCookie(ReadOnlySpan<SocketRecord> records, ulong cookie) =>
        cookie != 0 && FindIdentity(records, cookie) is { } found && found.Sample.Has(SocketFacts.Cookie) ? found : null;

    internal SocketRecord? Find(ReadOnlySpan<SocketRecord> records, FlowKey flow, ulong networkNamespace, out SocketMatch match)
    {
        ulong inNamespace = networkNamespace == 0 ? _ownNamespace : networkNamespace;
        if (Search(records, flow.Protocol, flow.Local, flow.Remote, inNamespace, isFlowIPv4: null, hasPeer: true) is { } exact)
        {
            match = SocketMatch.Exact;
            return exact;
        }

        if (FindLocal(records, flow.Protocol, flow.Local, inNamespace, out bool isWildcard) is { } local)
        {
            match = local.State == SocketState.Listen ? SocketMatch.Listener : isWildcard ? SocketMatch.Wildcard : SocketMatch.BoundAddress;
            return local;
        }

        match = SocketMatch.None;
        return null;
    }

    /// <summary>Who began the conversation of a socket.</summary>
    internal SocketDirection DirectionOf(ReadOnlySpan<SocketRecord> records, SocketRecord record)
    {
        switch (record.State)
        {
            case SocketState.Listen:
                return SocketDirection.Listening;
            case SocketState.SynSent:
                return SocketDirection.Outbound;
            case SocketState.SynReceived:
                return SocketDirection.Inbound;
            case SocketState.Unconnected:
                return record.Local.Port != 0 ? SocketDirection.Listening : SocketDirection.Unknown;
            case SocketState.Unknown or SocketState.Closed or SocketState.Bound:
                return SocketDirection.Unknown;
        }

        return record.Local.Port == 0 ? SocketDirection.Unknown
            : FindLocal(records, record.Protocol, record.Local, record.Sample.Namespace, out _) is null ? SocketDirection.Outbound
            : SocketDirection.Inbound;
    }

    private SocketRecord? FindIdentity(ReadOnlySpan<SocketRecord> records, ulong identity)
    {
        if (_identityHeads.Length == 0)
        {
            return null;
        }

        for (int at = _identityHeads[BucketOf(identity)] - 1; at >= 0; at = _identityNext[at] - 1)
        {
            if (at < records.Length && IdentityOf(records[at].Sample) == identity)
            {
                return records[at];
            }
        }

        return null;
    }

    private SocketRecord? FindLocal(ReadOnlySpan<SocketRecord> records, IPProtocol protocol, FlowEndpoint local, ulong inNamespace, out bool isWildcard)
    {
        isWildcard = false;
        if (Search(records, protocol, local, default, inNamespace, isFlowIPv4: null, hasPeer: false) is { } bound)
        {
            return bound;
        }

        isWildcard = true;
        return Search(records, protocol, new FlowEndpoint(default, local.Port), default, inNamespace, local.Address.IsIPv4, hasPeer: false);
    }

    // With a family, any socket of the other family that serves both is taken when there is none of the same.
    private SocketRecord? Search(
        ReadOnlySpan<SocketRecord> records, IPProtocol protocol, FlowEndpoint local, FlowEndpoint remote, ulong inNamespace, bool? isFlowIPv4, bool hasPeer)
    {
        if (_flowHeads.Length == 0)
        {
            return null;
        }

        SocketRecord? second = null;
        for (int at = _flowHeads[BucketOf(protocol, local, remote, inNamespace)] - 1; at >= 0; at = _flowNext[at] - 1)
        {
            SocketRecord record = records[at];
            ref readonly SocketSample sample = ref record.Sample;
            if (sample.Protocol != protocol
                || sample.Namespace != inNamespace
                || Normal(sample.Local) != Normal(local)
                || record.HasPeer != hasPeer
                || (hasPeer ? sample.Remote != remote : sample.State is not (SocketState.Listen or SocketState.Unconnected)))
            {
                continue;
            }

            if (isFlowIPv4 is null || sample.IsIPv6 != isFlowIPv4)
            {
                return record;
            }

            // An IPv4 flow at an IPv6 socket: only one that serves both. An IPv6 flow is never served by an IPv4 socket.
            second ??= isFlowIPv4 == true && !(sample.Has(SocketFacts.IPv6Only) && sample.IsIPv6Only) ? record : null;
        }

        return second;
    }

    private void Reset(int count)
    {
        int buckets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, MinBuckets));
        if (_flowHeads.Length < buckets)
        {
            _flowHeads = new int[buckets];
            _identityHeads = new int[buckets];
        }
        else
        {
            _flowHeads.AsSpan().Clear();
            _identityHeads.AsSpan().Clear();
        }

        if (_flowNext.Length < count)
        {
            _flowNext = new int[buckets];
            _identityNext = new int[buckets];
        }
    }

    private void Link(SocketRecord record, int at)
    {
        ref readonly SocketSample sample = ref record.Sample;
        int bucket = BucketOf(sample.Protocol, sample.Local, record.HasPeer ? sample.Remote : default, sample.Namespace);
        _flowNext[at] = _flowHeads[bucket];
        _flowHeads[bucket] = at + 1;
        if (IdentityOf(sample) is not 0 and var identity)
        {
            bucket = BucketOf(identity);
            _identityNext[at] = _identityHeads[bucket];
            _identityHeads[bucket] = at + 1;
        }
    }

    private int BucketOf(IPProtocol protocol, FlowEndpoint local, FlowEndpoint remote, ulong inNamespace) =>
        HashCode.Combine((int)protocol, Normal(local), remote, inNamespace) & (_flowHeads.Length - 1);

    private int BucketOf(ulong identity) => HashCode.Combine(identity) & (_identityHeads.Length - 1);

    // 0.0.0.0 and :: are the same to who looks for a port.
    private static FlowEndpoint Normal(FlowEndpoint endpoint) => endpoint.Address.IsAny ? new FlowEndpoint(default, endpoint.Port) : endpoint;
}
