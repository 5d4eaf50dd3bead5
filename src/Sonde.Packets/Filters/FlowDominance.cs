namespace Sonde.Packets.Filters;

/// <summary>Answers whether all ways to a block lead over another, while edges change.</summary>
/// <remarks>
/// pcap finds the dominators of all blocks once before a round, and anew after each test that it pulls up, yet visits the blocks in the order that
/// they had before the round: an edge that leads against that order counts only for the block that it enters. The verdicts depend on both, so
/// both are kept; but only what is asked is found, going back from the block in question.
/// </remarks>
internal sealed class FlowDominance
{
    private readonly Stack<FlowBlock> _open = new();
    private FlowBlock? _asked;
    private int _question;
    private bool _follows; // whether edges that change are followed

    /// <summary>Takes the order and the edges as they are before a round.</summary>
    internal void Begin(FlowBlock root, List<List<FlowBlock>> levels)
    {
        _follows = false;
        Take(root, levels);
    }

    /// <summary>Says that a test was pulled up. The first time, what other steps of the round did to the edges begins to count.</summary>
    internal void Pulled(FlowBlock root, List<List<FlowBlock>> levels)
    {
        if (!_follows)
        {
            _follows = true;
            Take(root, levels);
        }
    }

    /// <summary>Asks from now on, and until the next edge changes, for the blocks that <paramref name="block"/> dominates.</summary>
    internal void AskFor(FlowBlock block)
    {
        _asked = block;
        _question++;
    }

    /// <summary>Changes an edge.</summary>
    internal void Lead(FlowBlock from, bool whenTrue, FlowBlock to)
    {
        // Nobody asks about verdicts, and nearly everything leads to them.
        if (_follows && from.Next(whenTrue) is { IsReturn: false } old)
        {
            old.Predecessors.Remove(from);
        }

        from.Lead(whenTrue, to);
        if (_follows && !to.IsReturn)
        {
            to.Predecessors.Add(from);
        }
    }

    /// <summary>Whether the block asked for dominates <paramref name="block"/>.</summary>
    internal bool Dominates(FlowBlock block)
    {
        foreach (FlowBlock from in block.Predecessors)
        {
            // A block adds itself when it is visited: what was handed to it before does not matter then.
            bool isOverruled = block == _asked && from.Rank < block.Rank;
            if (!isOverruled && !HandsOn(from))
            {
                return false;
            }
        }

        // The first block of all has no way to it, and is dominated by itself alone.
        return block.Rank != 0 || block == _asked;
    }

    private void Take(FlowBlock root, List<List<FlowBlock>> levels)
    {
        int rank = 0;
        for (int level = levels.Count - 1; level >= 0; level--)
        {
            foreach (FlowBlock block in levels[level])
            {
                block.Rank = rank++;
                block.Predecessors.Clear();
                block.IsReached = false;
            }
        }

        foreach (List<FlowBlock> level in levels)
        {
            foreach (FlowBlock block in level)
            {
                block.True?.Predecessors.Add(block);
                block.False?.Predecessors.Add(block);
            }
        }

        // Edges that were shortened since the levels were found may have left blocks behind.
        _open.Push(root);
        while (_open.TryPop(out FlowBlock? block))
        {
            if (!block.IsReached)
            {
                block.IsReached = true;
                if (block.True is not null && block.False is not null)
                {
                    _open.Push(block.True);
                    _open.Push(block.False);
                }
            }
        }
    }

    // Whether a block, when it is visited, hands the one asked for on to those behind it.
    private bool HandsOn(FlowBlock block)
    {
        _open.Push(block);
        while (_open.TryPeek(out FlowBlock? at))
        {
            if (at.Question != _question)
            {
                // Nothing leads elsewhere above the block asked for since the beginning: what is reached there is reached around it.
                at.Question = _question;
                at.Answer = at == _asked ? true : at.Level > _asked!.Level ? !at.IsReached : null; // AskFor comes first
            }

            if (at.Answer is null && TryAnswer(at, out bool answer))
            {
                at.Answer = answer;
            }

            if (at.Answer is not null)
            {
                _open.Pop();
            }
        }

        return block.Answer == true;
    }

    // What those before it handed on; with none of them visited before, everything that there is.
    private bool TryAnswer(FlowBlock block, out bool answer)
    {
        answer = true;
        foreach (FlowBlock from in block.Predecessors)
        {
            if (from.Rank > block.Rank)
            {
                continue;
            }

            if (from.Question != _question || from.Answer is null)
            {
                _open.Push(from);
                return false;
            }

            answer &= from.Answer.Value;
        }

        return true;
    }
}
