namespace Sonde.Packets.Filters;

/// <content>Statements inside a block: what is needless, what can be said shorter.</content>
internal sealed partial class FlowOptimizer
{
    // Looks through a small window for sequences that the generator writes and that can be said shorter.
    private void Condense(FlowBlock block)
    {
        List<Statement> kept = block.Statements.FindAll(IsKept);
        if (block.Statements.Count == 0)
        {
            return;
        }

        Statement? last = kept.Count > 0 ? kept[^1] : null;
        for (int at = 0; at + 1 < kept.Count; at++)
        {
            Statement first = kept[at];
            if (first.Code == Statement.Removed)
            {
                continue;
            }

            int nextAt = NextKept(kept, at);
            if (nextAt < 0)
            {
                break;
            }

            Statement next = kept[nextAt];
            last = next;
            if (first.Code == Bpf.St && next.Code == (Bpf.Ldx | Bpf.Mem) && first.K == next.K)
            {
                next.Code = Bpf.Misc | Bpf.Tax;
                Changed();
            }

            if (first.Code == (Bpf.Ld | Bpf.Imm) && next.Code == (Bpf.Misc | Bpf.Tax))
            {
                first.Code = Bpf.Ldx | Bpf.Imm;
                next.Code = Bpf.Misc | Bpf.Txa;
                Changed();
            }

            if (first.Code == (Bpf.Ld | Bpf.Imm) && (block.UsedBehind & (1u << IndexRegister)) == 0)
            {
                FoldOffset(kept, first, nextAt);
            }
        }

        if (last is not null)
        {
            CondenseTest(block, last);
        }

        DecideTest(block);
    }

    private static int NextKept(List<Statement> statements, int after)
    {
        int next = after + 1;
        while (next < statements.Count && statements[next].Code == Statement.Removed)
        {
            next++;
        }

        return after < 0 || next >= statements.Count ? -1 : next;
    }

    // ld #k, ldxb 4*([n]&0xf), add x, tax, ld [x + m]: the constant belongs into the last load.
    private void FoldOffset(List<Statement> kept, Statement constant, int nextAt)
    {
        int add = kept[nextAt].Code == (Bpf.Ldx | Bpf.Msh | Bpf.B) ? NextKept(kept, nextAt) : nextAt;
        int tax = add < 0 || kept[add].Code != (Bpf.Alu | Bpf.Add | Bpf.X) ? -1 : NextKept(kept, add);
        int load = tax < 0 || kept[tax].Code != (Bpf.Misc | Bpf.Tax) ? -1 : NextKept(kept, tax);
        if (load < 0 || Bpf.Class(kept[load].Code) != Bpf.Ld || Bpf.Mode(kept[load].Code) != Bpf.Ind)
        {
            return;
        }

        kept[load].K = unchecked(kept[load].K + constant.K);
        constant.Code = Statement.Removed;
        kept[add].Code = Statement.Removed;
        kept[tax].Code = Statement.Removed;
        Changed();
    }

    private void CondenseTest(FlowBlock block, Statement last)
    {
        if (block.Code != (Bpf.Jmp | Bpf.Jeq) || (block.UsedBehind & (1u << Accumulator)) != 0)
        {
            return;
        }

        if (last.Code == (Bpf.Alu | Bpf.Sub | Bpf.X))
        {
            if (_constants[block.Values[IndexRegister]] is uint constant)
            {
                block.Operand = unchecked(block.Operand + constant);
                last.Code = Statement.Removed;
                Changed();
            }
            else if (block.Operand == 0)
            {
                last.Code = Statement.Removed;
                block.Code = Bpf.Jmp | Bpf.Jeq | Bpf.X;
                Changed();
            }
        }
        else if (last.Code == (Bpf.Alu | Bpf.Sub))
        {
            last.Code = Statement.Removed;
            block.Operand = unchecked(block.Operand + last.K);
            Changed();
        }
        else if (last.Code == (Bpf.Alu | Bpf.And) && block.Operand == 0)
        {
            block.Operand = last.K;
            block.Code = Bpf.Jmp | Bpf.Jset;
            last.Code = Statement.Removed;
            (block.True, block.False) = (block.False, block.True);
            Changed();
        }
    }

    private void DecideTest(FlowBlock block)
    {
        if (block.Code == (Bpf.Jmp | Bpf.Jset))
        {
            block.True = block.Operand == 0 ? block.False : block.True;
            block.False = block.Operand == uint.MaxValue ? block.True : block.False;
        }

        if (Bpf.Source(block.Code) == Bpf.X && _constants[block.Values[IndexRegister]] is uint operand)
        {
            block.Code &= ~Bpf.X;
            block.Operand = operand;
        }

        if (Bpf.Source(block.Code) != Bpf.X && !block.IsReturn && _constants[block.Values[Accumulator]] is uint value)
        {
            if (block.True != block.False)
            {
                Changed();
            }

            FlowBlock? taken = block.Next(BpfProgram.Holds(block.Code, value, block.Operand));
            (block.True, block.False) = (taken, taken);
        }
    }

    private void RemoveUnused(FlowBlock block)
    {
        Statement?[] last = new Statement?[Registers];
        foreach (Statement statement in block.Statements)
        {
            Forget(Uses(statement.Code, statement.K));
            uint defined = Defines(statement.Code, statement.K);
            for (int register = 0; register < Registers; register++)
            {
                if ((defined & (1u << register)) != 0)
                {
                    if (last[register] is Statement needless)
                    {
                        needless.Code = Statement.Removed;
                        Changed();
                    }

                    last[register] = statement;
                }
            }
        }

        Forget(Uses(block.Code, block.Operand));
        for (int register = 0; register < Registers; register++)
        {
            if (last[register] is Statement needless && (block.UsedBehind & (1u << register)) == 0)
            {
                needless.Code = Statement.Removed;
                Changed();
            }
        }

        void Forget(uint used)
        {
            for (int register = 0; register < Registers; register++)
            {
                if ((used & (1u << register)) != 0)
                {
                    last[register] = null;
                }
            }
        }
    }
}
