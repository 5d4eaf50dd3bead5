namespace Sonde.Packets.Filters;

/// <summary>The tests of a filter as blocks that lead to one another and at last to a verdict.</summary>
internal sealed class FlowGraph
{
    // Bounds time and memory of the optimiser, which keeps a bit for each pair of edges.
    private const int MostBlocks = 6000;

    private readonly string _expression;
    private int _blocks;

    internal FlowGraph(string expression, Predicate root, uint snapLength)
    {
        _expression = expression;
        FlowBlock accept = new([], Bpf.Ret, snapLength);
        FlowBlock reject = new([], Bpf.Ret, 0);
        Root = Lower(root, accept, reject);
    }

    internal FlowBlock Root { get; set; }

    internal BpfInstruction[] Assemble(bool optimize)
    {
        if (optimize)
        {
            new FlowOptimizer(this).Run();
            if (Root is { IsReturn: true, Operand: 0 })
            {
                throw Error("No packet can pass: the conditions contradict each other, or this link type does not carry what is asked for");
            }
        }

        return FlowAssembler.Assemble(Root) is { Length: <= BpfProgram.MaximumLength } program
            ? program
            : throw new PacketFilterException(_expression, _expression.Length, $"The filter needs more than the {BpfProgram.MaximumLength} instructions that a kernel takes");
    }

    internal PacketFilterException Error(string problem) => new(_expression, 0, problem);

    private FlowBlock Lower(Predicate predicate, FlowBlock whenTrue, FlowBlock whenFalse)
    {
        // Left-leaning chains of and/or are as long as the expression; they are followed without recursion.
        while (true)
        {
            if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack() || _blocks > MostBlocks)
            {
                throw Error("The filter is too large to be compiled");
            }

            switch (predicate)
            {
                case Predicate.Negation negation:
                    (whenTrue, whenFalse) = (whenFalse, whenTrue);
                    predicate = negation.Inner;
                    break;
                case Predicate.Both both:
                    FlowBlock right = Lower(both.Right, whenTrue, whenFalse);
                    (whenTrue, whenFalse) = both.IsAnd ? (right, whenFalse) : (whenTrue, right);
                    predicate = both.Left;
                    break;
                default:
                    Predicate.Test test = (Predicate.Test)predicate;
                    _blocks++;
                    return new FlowBlock(test.Statements, test.Code, test.Operand) { True = whenTrue, False = whenFalse };
            }
        }
    }
}
