using System.Numerics;

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

        ulong[] dominators = whenTrue ? block.TrueEdgeDominators : block.FalseEdgeDominators;
        bool again = true;
        while (again)
        {
            again = false;
            for (int word = 0; word < dominators.Length && !again; word++)
            {
                for (ulong left = dominators[word]; left != 0 && !again; left &= left - 1)
                {
                    int edge = (word * 64) + BitOperations.TrailingZeroCount(left);
                    if (edge >= _blocks.Count * 2)
                    {
                        break;
                    }

                    bool held = edge < _blocks.Count;
                    FlowBlock? target = Decided(block.Next(whenTrue)!, _blocks[held ? edge : edge - _blocks.Count], held);
                    if (target is null || Disagrees(block, target))
                    {
                        continue;
                    }

                    Changed();
                    block.Lead(whenTrue, target);
                    if (target.True is null)
                    {
                        return;
                    }

                    again = true;
                }
            }
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
        before.Lead(alongTrue, pulled.Next(alongTrue));
        pulled.Lead(alongTrue, different);
        if (atTop)
        {
            foreach ((FlowBlock from, _) in block.Entries)
            {
                from.Lead(from.True == block, pulled);
            }
        }
        else
        {
            owner.Lead(ownerSide, pulled);
        }

        Changed(statements: false);
        FindDominators();

        bool IsInChain(FlowBlock? candidate, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FlowBlock? found)
        {
            found = candidate;
            return candidate is not null && candidate.Next(!alongTrue) == exit && Contains(candidate.Dominators, block.Index);
        }
    }

    private void MergeAlike()
    {
        bool merged = true;
        while (merged)
        {
            merged = false;
            HashSet<FlowBlock> alive = Alive();
            Dictionary<FlowBlock, FlowBlock> twin = [];
            Dictionary<(int, uint, FlowBlock?, FlowBlock?, int), List<FlowBlock>> alike = [];
            for (int index = _blocks.Count - 1; index >= 0; index--)
            {
                FlowBlock block = _blocks[index];
                if (!alive.Contains(block))
                {
                    continue;
                }

                (int, uint, FlowBlock?, FlowBlock?, int) key = (block.Code, block.Operand, block.True, block.False, block.Statements.Count(IsKept));
                if (!alike.TryGetValue(key, out List<FlowBlock>? known))
                {
                    alike[key] = known = [];
                }

                if (known.Find(other => SameStatements(block, other)) is FlowBlock same)
                {
                    twin[block] = same;
                }
                else
                {
                    known.Add(block);
                }
            }

            foreach (FlowBlock block in _blocks)
            {
                foreach (bool side in (ReadOnlySpan<bool>)[true, false])
                {
                    if (block.Next(side) is FlowBlock next && twin.TryGetValue(next, out FlowBlock? same))
                    {
                        block.Lead(side, same);
                        merged = true;
                    }
                }
            }
        }
    }

    private HashSet<FlowBlock> Alive()
    {
        HashSet<FlowBlock> alive = [];
        Stack<FlowBlock> open = new([graph.Root]);
        while (open.TryPop(out FlowBlock? block))
        {
            if (alive.Add(block) && block.True is not null && block.False is not null)
            {
                open.Push(block.True);
                open.Push(block.False);
            }
        }

        return alive;
    }

    private static bool IsKept(Statement statement) => statement.Code != Statement.Removed;

    private static bool SameStatements(FlowBlock left, FlowBlock right) =>
        left.Statements.Where(IsKept).Select(static statement => (statement.Code, statement.K))
            .SequenceEqual(right.Statements.Where(IsKept).Select(static statement => (statement.Code, statement.K)));

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
}
