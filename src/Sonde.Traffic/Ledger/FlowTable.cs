using System.Diagnostics.CodeAnalysis;
using Sonde.Traffic.Sources;

namespace Sonde.Traffic.Ledger;

/// <summary>Flows by identity, and in the order of their last activity; never more than a given number.</summary>
internal sealed class FlowTable(int capacity)
{
    private readonly Dictionary<FlowIdentity, TrackedFlow> _flows = [];

    internal int Count => _flows.Count;

    internal int Capacity => capacity;

    internal bool IsFull => _flows.Count >= capacity;

    internal Dictionary<FlowIdentity, TrackedFlow>.ValueCollection All => _flows.Values;

    /// <summary>The flow that was active last.</summary>
    internal TrackedFlow? Newest { get; private set; }

    /// <summary>The flow that is silent for longest.</summary>
    internal TrackedFlow? Oldest { get; private set; }

    internal bool TryFind(in FlowIdentity identity, [NotNullWhen(true)] out TrackedFlow? flow) => _flows.TryGetValue(identity, out flow);

    internal void Add(TrackedFlow flow)
    {
        _flows.Add(flow.Identity, flow);
        Link(flow);
    }

    internal void Remove(TrackedFlow flow)
    {
        _flows.Remove(flow.Identity);
        Unlink(flow);
    }

    /// <summary>Puts a flow first, for it was active.</summary>
    internal void Touch(TrackedFlow flow)
    {
        if (flow != Newest)
        {
            Unlink(flow);
            Link(flow);
        }
    }

    private void Link(TrackedFlow flow)
    {
        flow.Older = Newest;
        if (Newest is not null)
        {
            Newest.Newer = flow;
        }

        Newest = flow;
        Oldest ??= flow;
    }

    private void Unlink(TrackedFlow flow)
    {
        if (flow.Newer is { } newer)
        {
            newer.Older = flow.Older;
        }
        else
        {
            Newest = flow.Older;
        }

        if (flow.Older is { } older)
        {
            older.Newer = flow.Newer;
        }
        else
        {
            Oldest = flow.Newer;
        }

        flow.Newer = flow.Older = null;
    }
}
