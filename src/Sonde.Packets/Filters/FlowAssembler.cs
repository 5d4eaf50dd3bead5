namespace Sonde.Packets.Filters;

/// <summary>Lays blocks out in a row and turns what they lead to into distances.</summary>
internal static class FlowAssembler
{
    internal static BpfInstruction[] Assemble(FlowBlock root)
    {
        List<FlowBlock> order = Order(root);
        HashSet<(FlowBlock, bool)> far = [];
        Dictionary<FlowBlock, int> starts = [];
        while (true)
        {
            int length = 0;
            foreach (FlowBlock block in order)
            {
                starts[block] = length;
                length += SizeOf(block) + (far.Contains((block, true)) ? 1 : 0) + (far.Contains((block, false)) ? 1 : 0);
            }

            // A jump reaches 255 instructions; farther ones go over an unconditional jump, which moves everything behind it.
            int known = far.Count;
            foreach (FlowBlock block in order)
            {
                foreach (bool side in (ReadOnlySpan<bool>)[true, false])
                {
                    if (block.Next(side) is FlowBlock next && starts[next] - (starts[block] + SizeOf(block)) > 255)
                    {
                        far.Add((block, side));
                    }
                }
            }

            if (far.Count == known)
            {
                return Write(order, starts, far, length);
            }
        }
    }

    // Each block before everything it leads to; what follows a failed test is laid out last, so it is taken first from the end.
    private static List<FlowBlock> Order(FlowBlock root)
    {
        List<FlowBlock> order = [];
        HashSet<FlowBlock> seen = [root];
        Stack<(FlowBlock Block, int Step)> open = new();
        open.Push((root, 0));
        while (open.TryPop(out (FlowBlock Block, int Step) at))
        {
            if (at.Step == 2)
            {
                order.Add(at.Block);
                continue;
            }

            open.Push((at.Block, at.Step + 1));
            FlowBlock? next = at.Step == 0 ? at.Block.False : at.Block.True;
            if (next is not null && seen.Add(next))
            {
                open.Push((next, 0));
            }
        }

        order.Reverse();
        return order;
    }

    private static int SizeOf(FlowBlock block)
    {
        int size = 1;
        foreach (Statement statement in block.Statements)
        {
            size += statement.Code == Statement.Removed ? 0 : 1;
        }

        return size;
    }

    private static BpfInstruction[] Write(List<FlowBlock> order, Dictionary<FlowBlock, int> starts, HashSet<(FlowBlock, bool)> far, int length)
    {
        List<BpfInstruction> program = new(length);
        foreach (FlowBlock block in order)
        {
            foreach (Statement statement in block.Statements)
            {
                if (statement.Code != Statement.Removed)
                {
                    program.Add(new BpfInstruction((ushort)statement.Code, 0, 0, statement.K));
                }
            }

            if (block.True is null || block.False is null)
            {
                program.Add(new BpfInstruction((ushort)block.Code, 0, 0, block.Operand));
                continue;
            }

            int jump = program.Count;
            bool farTrue = far.Contains((block, true));
            bool farFalse = far.Contains((block, false));
            int whenTrue = farTrue ? 0 : starts[block.True] - jump - 1;
            int whenFalse = farFalse ? (farTrue ? 1 : 0) : starts[block.False] - jump - 1;
            program.Add(new BpfInstruction((ushort)block.Code, (byte)whenTrue, (byte)whenFalse, block.Operand));
            if (farTrue)
            {
                program.Add(new BpfInstruction(Bpf.Jmp | Bpf.Ja, 0, 0, (uint)(starts[block.True] - program.Count - 1)));
            }

            if (farFalse)
            {
                program.Add(new BpfInstruction(Bpf.Jmp | Bpf.Ja, 0, 0, (uint)(starts[block.False] - program.Count - 1)));
            }
        }

        return [.. program];
    }
}
