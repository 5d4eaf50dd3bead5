using System.Numerics;

namespace Sonde.Packets.Filters;

/// <summary>Removes what a filter need not do: values already loaded, tests already decided, statements without use, blocks that are alike.</summary>
/// <remarks>
/// Removing a load changes the verdict on frames too short for it. To accept exactly what pcap accepts, the same facts must be found as its
/// optimiser finds (McCanne and Jacobson's: value numbering, edge dominators, pulling up tests), in the same order.
/// </remarks>
internal sealed partial class FlowOptimizer(FlowGraph graph)
{
    private const int Accumulator = Bpf.MemoryWords;
    private const int IndexRegister = Bpf.MemoryWords + 1;
    private const int Registers = Bpf.MemoryWords + 2;
    private const int RoundsOfMovesOnly = 100;

    private readonly List<FlowBlock> _blocks = [];
    private readonly List<List<FlowBlock>> _levels = [];
    private readonly Dictionary<(int Code, long First, long Second), int> _numbers = [];
    private readonly List<uint?> _constants = [null];
    private readonly FlowDominance _dominance = new();
    private int _failedEdges; // the number of the first edge of a test that fails
    private bool _changed;
    private bool _changedStatements;

    internal void Run()
    {
        Number();
        Repeat(withStatements: false);
        Repeat(withStatements: true);
        MergeAlike();
        SkipDecidedRoot();
    }

    private void Repeat(bool withStatements)
    {
        // Moving tests up can go round in circles; pcap gives up after a hundred rounds that did nothing else.
        int onlyMoves = 0;
        do
        {
            _changed = false;
            _changedStatements = false;
            FindLevels();
            _dominance.Begin(graph.Root, _levels);
            FindUses();
            FindEdgeDominators();
            Round(withStatements);
            onlyMoves = _changedStatements ? 0 : onlyMoves + 1;
        }
        while (_changed && onlyMoves < RoundsOfMovesOnly);
    }

    private void Round(bool withStatements)
    {
        _numbers.Clear();
        _constants.RemoveRange(1, _constants.Count - 1);
        FindEntries();
        for (int level = graph.Root.Level; level >= 0; level--)
        {
            foreach (FlowBlock block in _levels[level])
            {
                Simplify(block, withStatements);
            }
        }

        if (withStatements)
        {
            return;
        }

        FindAlikeTests();
        for (int level = 1; level <= graph.Root.Level; level++)
        {
            foreach (FlowBlock block in _levels[level])
            {
                Shorten(block, whenTrue: true);
                Shorten(block, whenTrue: false);
            }
        }

        FindEntries();
        for (int level = 1; level <= graph.Root.Level; level++)
        {
            foreach (FlowBlock block in _levels[level])
            {
                PullUp(block, alongTrue: false);
                PullUp(block, alongTrue: true);
            }
        }
    }

    private void Changed(bool statements = true)
    {
        _changed = true;
        _changedStatements |= statements;
    }

    private void Number()
    {
        Stack<FlowBlock> open = new([graph.Root]);
        HashSet<FlowBlock> seen = [];
        while (open.TryPop(out FlowBlock? block))
        {
            if (seen.Add(block))
            {
                block.Index = _blocks.Count;
                _blocks.Add(block);
                if (block.True is not null && block.False is not null)
                {
                    open.Push(block.False);
                    open.Push(block.True);
                }
            }
        }
    }

    private void FindLevels()
    {
        _levels.Clear();
        HashSet<FlowBlock> seen = [graph.Root];
        Stack<(FlowBlock Block, int Step)> open = new();
        open.Push((graph.Root, 0));
        while (open.TryPop(out (FlowBlock Block, int Step) at))
        {
            FlowBlock? next = at.Step switch { 0 => at.Block.True, 1 => at.Block.False, _ => null };
            if (at.Step < 2)
            {
                open.Push((at.Block, at.Step + 1));
                if (next is not null && seen.Add(next))
                {
                    open.Push((next, 0));
                }

                continue;
            }

            at.Block.Level = at.Block.True is null || at.Block.False is null ? 0 : Math.Max(at.Block.True.Level, at.Block.False.Level) + 1;
            while (_levels.Count <= at.Block.Level)
            {
                _levels.Add([]);
            }

            _levels[at.Block.Level].Add(at.Block);
        }

        // What was reached last stands first, as in the lists that pcap builds from the front.
        _levels.ForEach(static level => level.Reverse());
    }

    // Which edges every way to a block leads over. The first half of the numbers are the edges of tests that hold, the second those of
    // tests that fail: pcap's order of trying them.
    private void FindEdgeDominators()
    {
        _failedEdges = (_blocks.Count + 63) / 64 * 64;
        int words = _failedEdges * 2 / 64;
        foreach (FlowBlock block in _blocks)
        {
            block.EdgesAbove = NewSet(block.EdgesAbove, words, full: block != graph.Root);
        }

        ForEachFromTop(block =>
        {
            foreach (bool side in (ReadOnlySpan<bool>)[true, false])
            {
                if (block.Next(side) is FlowBlock next)
                {
                    int edge = EdgeOf(block, side);
                    bool isKept = Contains(next.EdgesAbove, edge);
                    Intersect(next.EdgesAbove, block.EdgesAbove);
                    Set(next.EdgesAbove, edge, isKept);
                }
            }
        });
    }

    private int EdgeOf(FlowBlock block, bool whenTrue) => whenTrue ? block.Index : _failedEdges + block.Index;

    private void FindEntries()
    {
        foreach (FlowBlock block in _blocks)
        {
            block.Entries.Clear();
        }

        for (int level = graph.Root.Level; level > 0; level--)
        {
            foreach (FlowBlock block in _levels[level])
            {
                block.True?.Entries.Add((block, true));
                block.False?.Entries.Add((block, false));
            }
        }

        _blocks.ForEach(static block => block.Entries.Reverse());
    }

    private void FindUses()
    {
        ForEachFromTop(static block =>
        {
            uint set = 0;
            uint used = 0;
            uint first = 0;
            foreach (Statement statement in block.Statements)
            {
                used |= Uses(statement.Code, statement.K) & ~set;
                uint defined = Defines(statement.Code, statement.K);
                first |= defined & ~used;
                set |= defined;
            }

            if (!block.IsReturn)
            {
                used |= Uses(block.Code, block.Operand) & ~set;
            }

            (block.UsedFromHere, block.SetFirst, block.UsedBehind) = (used, first, 0);
        });
        for (int level = 1; level <= graph.Root.Level; level++)
        {
            foreach (FlowBlock block in _levels[level])
            {
                block.UsedBehind |= (block.True?.UsedFromHere ?? 0) | (block.False?.UsedFromHere ?? 0);
                block.UsedFromHere |= block.UsedBehind & ~block.SetFirst;
            }
        }
    }

    private void ForEachFromTop(Action<FlowBlock> action)
    {
        for (int level = graph.Root.Level; level >= 0; level--)
        {
            _levels[level].ForEach(action);
        }
    }

    private static uint Uses(int code, uint k) => code == Statement.Removed ? 0 : Bpf.Class(code) switch
    {
        Bpf.Ret => code == (Bpf.Ret | Bpf.A) ? 1u << Accumulator : 0,
        Bpf.Ld or Bpf.Ldx => Bpf.Mode(code) switch { Bpf.Ind => 1u << IndexRegister, Bpf.Mem => 1u << (int)k, _ => 0 },
        Bpf.St => 1u << Accumulator,
        Bpf.Stx => 1u << IndexRegister,
        Bpf.Misc => 1u << (code == (Bpf.Misc | Bpf.Txa) ? IndexRegister : Accumulator),
        _ => Bpf.Source(code) == Bpf.X ? (1u << Accumulator) | (1u << IndexRegister) : 1u << Accumulator,
    };

    private static uint Defines(int code, uint k) => code == Statement.Removed ? 0 : Bpf.Class(code) switch
    {
        Bpf.Ld or Bpf.Alu => 1u << Accumulator,
        Bpf.Ldx => 1u << IndexRegister,
        Bpf.St or Bpf.Stx => 1u << (int)k,
        Bpf.Misc => 1u << (code == (Bpf.Misc | Bpf.Tax) ? IndexRegister : Accumulator),
        _ => 0,
    };

    private static ulong[] NewSet(ulong[] old, int words, bool full)
    {
        ulong[] set = old.Length == words ? old : new ulong[words];
        Array.Fill(set, full ? ulong.MaxValue : 0);
        return set;
    }

    private static void Set(ulong[] set, int member, bool isIn)
    {
        ulong bit = 1UL << (member % 64);
        set[member / 64] = isIn ? set[member / 64] | bit : set[member / 64] & ~bit;
    }

    private static bool Contains(ulong[] set, int member) => (set[member / 64] & (1UL << (member % 64))) != 0;

    private static void Intersect(ulong[] set, ulong[] other)
    {
        int word = 0;
        for (; word <= set.Length - Vector<ulong>.Count; word += Vector<ulong>.Count)
        {
            (new Vector<ulong>(set, word) & new Vector<ulong>(other, word)).CopyTo(set, word);
        }

        for (; word < set.Length; word++)
        {
            set[word] &= other[word];
        }
    }
}
