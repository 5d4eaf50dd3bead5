namespace Sonde.Packets.Filters;

/// <summary>Statements that end in a test or in a verdict: a node of the flow graph.</summary>
internal sealed class FlowBlock(List<Statement> statements, int code, uint operand)
{
    internal List<Statement> Statements { get; set; } = statements;

    /// <summary>The code of the jump or return at the end.</summary>
    internal int Code { get; set; } = code;

    internal uint Operand { get; set; } = operand;

    /// <summary>Where to go when the test holds; <see langword="null"/> after a return.</summary>
    internal FlowBlock? True { get; set; }

    /// <summary>Where to go when the test fails; <see langword="null"/> after a return.</summary>
    internal FlowBlock? False { get; set; }

    internal bool IsReturn => Bpf.Class(Code) == Bpf.Ret;

    /// <summary>The place in the list of all blocks.</summary>
    internal int Index { get; set; }

    /// <summary>The longest way from here to a return.</summary>
    internal int Level { get; set; }

    internal List<(FlowBlock From, bool WhenTrue)> Entries { get; } = [];

    /// <summary>The tests with the same code of the same value, this one too.</summary>
    internal FlowTests TestsOfSameValue { get; set; } = FlowTests.None;

    /// <summary>Those of them that compare with the same.</summary>
    internal FlowTests SameTests { get; set; } = FlowTests.None;

    /// <summary>The place in the order from the root down that <see cref="FlowDominance"/> goes by, and what it found out.</summary>
    internal int Rank { get; set; }

    internal bool IsReached { get; set; }

    internal List<FlowBlock> Predecessors { get; } = [];

    internal int Question { get; set; }

    internal bool? Answer { get; set; }

    /// <summary>The edges that every way to this block leads over, one bit each.</summary>
    internal ulong[] EdgesAbove { get; set; } = [];

    /// <summary>Registers and scratch words, one bit each, that are read here before they are set, or behind here.</summary>
    internal uint UsedFromHere { get; set; }

    internal uint UsedBehind { get; set; }

    internal uint SetFirst { get; set; }

    /// <summary>The number of the value that each register and scratch word holds at the end; 0 when not known.</summary>
    internal int[] Values { get; } = new int[Bpf.MemoryWords + 2];

    /// <summary>The number of the value that the test compares with.</summary>
    internal int OperandValue { get; set; }

    internal FlowBlock? Next(bool whenTrue) => whenTrue ? True : False;

    internal void Lead(bool whenTrue, FlowBlock? to)
    {
        if (whenTrue)
        {
            True = to;
        }
        else
        {
            False = to;
        }
    }
}
