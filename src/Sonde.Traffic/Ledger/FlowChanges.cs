namespace Sonde.Traffic.Ledger;

/// <summary>Flows to which something happened since the last time that changes were told.</summary>
internal sealed class FlowChanges
{
    private readonly List<TrackedFlow> _changed = [];

    /// <summary>Notes that a flow is new, has another owner, has ended or had to go.</summary>
    internal void Add(TrackedFlow flow)
    {
        if (!flow.IsChanged)
        {
            flow.IsChanged = true;
            _changed.Add(flow);
        }
    }

    /// <summary>Tells what happened, in the order in which it began to, each thing once.</summary>
    internal void Tell(Action<ConnectionEventKind, TrackedFlow>? tell)
    {
        foreach (TrackedFlow flow in _changed)
        {
            flow.IsChanged = false;
            bool isOpen = !flow.IsClosed && !flow.IsForgotten;
            if (!flow.IsTold || (flow.IsEndTold && isOpen))
            {
                flow.IsTold = true;
                flow.IsEndTold = false;
                flow.ToldOwner = flow.Owner;
                tell?.Invoke(ConnectionEventKind.Opened, flow);
            }
            else if (flow.Owner is not null && flow.Owner != flow.ToldOwner)
            {
                flow.ToldOwner = flow.Owner;
                tell?.Invoke(ConnectionEventKind.OwnerFound, flow);
            }

            if (!isOpen && !flow.IsEndTold)
            {
                flow.IsEndTold = true;
                tell?.Invoke(flow.IsClosed ? ConnectionEventKind.Closed : ConnectionEventKind.Forgotten, flow);
            }
        }

        _changed.Clear();
    }
}
