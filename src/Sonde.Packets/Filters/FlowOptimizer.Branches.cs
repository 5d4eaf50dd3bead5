namespace Sonde.Packets.Filters;

/// <content>Ways through the graph: tests already decided, tests better done earlier, blocks that are alike.</content>
internal sealed partial class FlowOptimizer
{
    private static bool Disagrees(FlowBlock block, FlowBlock next)
    {
        for (int register = 0; register < Registers; register++)
        {
            if ((next.UsedBehind & (1u << register)) != 0 && block.Values[register] != next.Values[register])
            {
                return true;
            }
        }

        return false;
    }

    // Where a test must lead when the edge of an earlier test was taken; null when that edge does not decide it.
    private static FlowBlock? Decided(FlowBlock test, FlowBlock earlier, bool held)
    {
        if (test.Code != earlier.Code || test.Values[Accumulator] != earlier.Values[Accumulator])
        {
            return null;
        }

        if (test.OperandValue == earlier.OperandValue)
        {
            return held ? test.True : test.False;
        }

        // The accumulator equals another constant.
        return held && test.Code == (Bpf.Jmp | Bpf.Jeq) ? test.False : null;
    }

    private void Shorten(FlowBlock block, bool whenTrue)
    {
        if (block.Next(whenTrue)?.True is null)
        {
            return;
        }

        FlowBlock next = block.Next(whenTrue)!; // its True was found above
        if (next.True == next.False && !Disagrees(block, next.True!))
        {
            Changed();
            block.Lead(whenTrue, next.True);
        }

        // The edge itself is the nearest of those that were taken on the way.
        Set(block.EdgesAbove, EdgeOf(block, whenTrue), isIn: true);
        FlowBlock? target = next;
        while (target?.True is not null)
        {
            target = FindTarget(block, block.Next(whenTrue)!); // never null: it was not above, and no target is
            if (target is not null)
            {
                Changed();
                block.Lead(whenTrue, target);
            }
        }

        Set(block.EdgesAbove, EdgeOf(block, whenTrue), isIn: false);
    }

    // Where an edge can lead at once, because an edge before it decides the test that it leads to; null when none does.
    private FlowBlock? FindTarget(FlowBlock block, FlowBlock test)
    {
        foreach (bool held in (ReadOnlySpan<bool>)[true, false])
        {
            FlowTests alike = held ? test.TestsOfSameValue : test.SameTests;
            int first = held ? 0 : _failedEdges;
            for (int index = alike.Next(block.EdgesAbove, first, 0); index >= 0; index = alike.Next(block.EdgesAbove, first, index + 1))
            {
                if (Decided(test, _blocks[index], held) is { } target && !Disagrees(block, target))
                {
                    return target;
                }
            }
        }

        return null;
    }

    // Only tests of the same value can decide one another, and a failed one only its like.
    private void FindAlikeTests()
    {
        Dictionary<(int Code, int Value), FlowTests> ofSameValue = [];
        Dictionary<(int Code, int Value, int Operand), FlowTests> same = [];
        foreach (FlowBlock block in _blocks)
        {
            block.TestsOfSameValue = TestsOf(ofSameValue, (block.Code, block.Values[Accumulator]));
            block.TestsOfSameValue.Add(block.Index);
            block.SameTests = TestsOf(same, (block.Code, block.Values[Accumulator], block.OperandValue));
            block.SameTests.Add(block.Index);
        }

        static FlowTests TestsOf<TKey>(Dictionary<TKey, FlowTests> known, TKey key)
            where TKey : notnull
        {
            if (!known.TryGetValue(key, out FlowTests? tests))
            {
                known[key] = tests = new FlowTests();
            }

            return tests;
        }
    }

    // In a chain of alternatives (or of conditions), tests of the value that is loaded already come first.
    private void PullUp(FlowBlock block, bool alongTrue)
    {
        if (block.Entries.Count == 0)
        {
            return;
        }

        int value = block.Entries[0].From.Values[Accumulator];
        if (block.Entries.Exists(entry => entry.From.Values[Accumulator] != value))
        {
            return;
        }

        _dominance.AskFor(block);
        FlowBlock? exit = block.Next(!alongTrue);
        FlowBlock owner = block.Entries[0].From;
        bool ownerSide = owner.True == block;
        bool atTop = true;
        while (true)
        {
            if (!IsInChain(owner.Next(ownerSide), out FlowBlock? at))
            {
                return;
            }

            if (at.Values[Accumulator] != value)
            {
                break;
            }

            (owner, ownerSide, atTop) = (at, alongTrue, false);
        }

        FlowBlock different = owner.Next(ownerSide)!; // found by the loop above
        FlowBlock before = different;
        while (true)
        {
            if (!IsInChain(before.Next(alongTrue), out FlowBlock? at))
            {
                return;
            }

            if (at.Values[Accumulator] == value)
            {
                break;
            }

            before = at;
        }

        FlowBlock pulled = before.Next(alongTrue)!; // found by the loop above
        _dominance.Lead(before, alongTrue, pulled.Next(alongTrue)!); // of the chain, so it leads on
        _dominance.Lead(pulled, alongTrue, different);
        if (atTop)
        {
            foreach ((FlowBlock from, _) in block.Entries)
            {
                _dominance.Lead(from, from.True == block, pulled);
            }
        }
        else
        {
            _dominance.Lead(owner, ownerSide, pulled);
        }

        _dominance.Pulled(graph.Root, _levels);
        Changed(statements: false);

        bool IsInChain(FlowBlock? candidate, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FlowBlock? found)
        {
            found = candidate;
            return candidate is not null && candidate.Next(!alongTrue) == exit && _dominance.Dominates(candidate);
        }
    }

    // From the verdicts up: once everything behind two blocks is merged, alike is what leads to the same blocks by the same statements.
    private void MergeAlike()
    {
        FindLevels();
        HashSet<FlowBlock> known = new(AlikeBlocks.Instance);
        Dictionary<FlowBlock, FlowBlock> twins = [];
        foreach (List<FlowBlock> level in _levels)
        {
            foreach (FlowBlock block in level)
            {
                block.True = block.True is not null && twins.TryGetValue(block.True, out FlowBlock? whenTrue) ? whenTrue : block.True;
                block.False = block.False is not null && twins.TryGetValue(block.False, out FlowBlock? whenFalse) ? whenFalse : block.False;
                if (!known.Add(block) && known.TryGetValue(block, out FlowBlock? twin))
                {
                    twins[block] = twin;
                }
            }
        }

        graph.Root = twins.GetValueOrDefault(graph.Root, graph.Root);
    }

    private static bool IsKept(Statement statement) => statement.Code != Statement.Removed;

    private void SkipDecidedRoot()
    {
        List<Statement> statements = graph.Root.Statements;
        graph.Root.Statements = [];
        while (!graph.Root.IsReturn && graph.Root.True == graph.Root.False)
        {
            graph.Root = graph.Root.True!; // no return: both ways lead somewhere
        }

        graph.Root.Statements = graph.Root.IsReturn ? [] : [.. statements, .. graph.Root.Statements];
    }

    private sealed class AlikeBlocks : IEqualityComparer<FlowBlock>
    {
        internal static AlikeBlocks Instance { get; } = new();

        public bool Equals(FlowBlock? x, FlowBlock? y) => x == y || (x is not null && y is not null
            && x.Code == y.Code && x.Operand == y.Operand && x.True == y.True && x.False == y.False
            && Kept(x).SequenceEqual(Kept(y)));

        public int GetHashCode(FlowBlock obj)
        {
            HashCode hash = default;
            hash.Add(obj.Code);
            hash.Add(obj.Operand);
            hash.Add(obj.True?.Index ?? -1);
            hash.Add(obj.False?.Index ?? -1);
            foreach ((int code, uint k) in Kept(obj))
            {
                hash.Add(code);
                hash.Add(k);
            }

            return hash.ToHashCode();
        }

        private static IEnumerable<(int Code, uint K)> Kept(FlowBlock block) =>
            block.Statements.Where(IsKept).Select(static statement => (statement.Code, statement.K));
    }
}
