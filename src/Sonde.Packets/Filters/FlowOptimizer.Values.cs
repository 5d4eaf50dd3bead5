namespace Sonde.Packets.Filters;

/// <content>Values inside a block: what is known, what is needless, what can be said shorter.</content>
internal sealed partial class FlowOptimizer
{
    private void Simplify(FlowBlock block, bool rewrite)
    {
        int[] values = block.Values;
        Array.Clear(values);
        if (block.Entries.Count > 0)
        {
            block.Entries[0].From.Values.CopyTo(values, 0);
            foreach ((FlowBlock from, _) in block.Entries)
            {
                for (int register = 0; register < Registers; register++)
                {
                    values[register] = values[register] == from.Values[register] ? values[register] : 0;
                }
            }
        }

        int accumulator = values[Accumulator];
        int index = values[IndexRegister];
        foreach (Statement statement in block.Statements)
        {
            Follow(statement, values, rewrite);
        }

        bool changesNothing = block.UsedBehind == 0 && accumulator != 0 && values[Accumulator] == accumulator && index != 0 && values[IndexRegister] == index;
        if (rewrite && (changesNothing || block.IsReturn))
        {
            if (block.Statements.Count > 0)
            {
                block.Statements = [];
                Changed();
            }
        }
        else
        {
            Condense(block);
            RemoveUnused(block);
        }

        block.OperandValue = Bpf.Source(block.Code) == Bpf.X ? values[IndexRegister] : Constant(block.Operand);
    }

    private int Numbered(int code, long first, long second)
    {
        if (!_numbers.TryGetValue((code, first, second), out int number))
        {
            number = _constants.Count;
            _numbers[(code, first, second)] = number;
            _constants.Add(code == (Bpf.Ld | Bpf.Imm) ? (uint)first : null);
        }

        return number;
    }

    private int Constant(uint value) => Numbered(Bpf.Ld | Bpf.Imm, value, 0);

    private static void Keep(Statement statement, int[] values, int register, int number, bool rewrite)
    {
        // 0 is "not known": two unknown values need not be equal.
        if (rewrite && number != 0 && values[register] == number)
        {
            statement.Code = Statement.Removed;
        }
        else
        {
            values[register] = number;
        }
    }

    private void Replace(Statement statement, int code, uint k)
    {
        statement.Code = code;
        statement.K = k;
        Changed();
    }

    private void Follow(Statement statement, int[] values, bool rewrite)
    {
        int code = statement.Code;
        if (code == Statement.Removed)
        {
            return;
        }

        switch (Bpf.Class(code))
        {
            case Bpf.Ld when Bpf.Mode(code) == Bpf.Mem:
            case Bpf.Ldx when Bpf.Mode(code) == Bpf.Mem:
                int stored = values[(int)statement.K];
                if (rewrite && _constants[stored] is uint known)
                {
                    Replace(statement, Bpf.Class(code) | Bpf.Imm, known);
                }

                Keep(statement, values, Bpf.Class(code) == Bpf.Ld ? Accumulator : IndexRegister, stored, rewrite);
                break;
            case Bpf.Ld when Bpf.Mode(code) == Bpf.Ind:
                int index = values[IndexRegister];
                int loaded;
                if (rewrite && _constants[index] is uint offset)
                {
                    Replace(statement, Bpf.Ld | Bpf.Abs | Bpf.Size(code), unchecked(statement.K + offset));
                    loaded = Numbered(statement.Code, statement.K, 0);
                }
                else
                {
                    loaded = Numbered(code, statement.K, index);
                }

                Keep(statement, values, Accumulator, loaded, rewrite);
                break;
            case Bpf.Ld:
                int number = Bpf.Mode(code) == Bpf.Imm ? Constant(statement.K) : Numbered(code, Bpf.Mode(code) == Bpf.Len ? 0 : statement.K, 0);
                Keep(statement, values, Accumulator, number, rewrite);
                break;
            case Bpf.Ldx:
                Keep(statement, values, IndexRegister, Bpf.Mode(code) == Bpf.Imm ? Constant(statement.K) : Numbered(code, statement.K, 0), rewrite);
                break;
            case Bpf.St:
                Keep(statement, values, (int)statement.K, values[Accumulator], rewrite);
                break;
            case Bpf.Stx:
                Keep(statement, values, (int)statement.K, values[IndexRegister], rewrite);
                break;
            case Bpf.Misc when code == (Bpf.Misc | Bpf.Tax):
                Keep(statement, values, IndexRegister, values[Accumulator], rewrite);
                break;
            case Bpf.Misc:
                Keep(statement, values, Accumulator, values[IndexRegister], rewrite);
                break;
            case Bpf.Alu:
                Compute(statement, values, rewrite);
                break;
        }
    }

    private void Compute(Statement statement, int[] values, bool rewrite)
    {
        int operation = Bpf.Operation(statement.Code);
        int left = values[Accumulator];
        if (operation == Bpf.Neg)
        {
            if (rewrite && _constants[left] is uint negated)
            {
                statement.Code = Bpf.Ld | Bpf.Imm;
                statement.K = unchecked(0 - negated);
                values[Accumulator] = Constant(statement.K);
            }
            else
            {
                values[Accumulator] = Numbered(statement.Code, left, 0);
            }

            return;
        }

        bool byIndex = Bpf.Source(statement.Code) == Bpf.X;
        if (!byIndex)
        {
            if (rewrite && statement.K == 0)
            {
                if (operation is Bpf.Add or Bpf.Lsh or Bpf.Rsh or Bpf.Or or Bpf.Xor)
                {
                    statement.Code = Statement.Removed;
                    return;
                }

                if (operation is Bpf.Mul or Bpf.And)
                {
                    statement.Code = Bpf.Ld | Bpf.Imm;
                    values[Accumulator] = Constant(0);
                    return;
                }

                RefuseZero(operation);
            }

            if (rewrite && _constants[left] is uint constant)
            {
                Fold(statement, operation, constant, statement.K, values);
                return;
            }

            values[Accumulator] = Numbered(statement.Code, left, Constant(statement.K));
            return;
        }

        int right = values[IndexRegister];
        if (rewrite && _constants[right] is uint operand)
        {
            if (_constants[left] is uint constant)
            {
                Fold(statement, operation, constant, operand, values);
                return;
            }

            if (operand == 0)
            {
                RefuseZero(operation);
            }

            Replace(statement, Bpf.Alu | operation, operand);
            values[Accumulator] = Numbered(statement.Code, left, Constant(operand));
            return;
        }

        if (rewrite && _constants[left] is 0)
        {
            if (operation is Bpf.Add or Bpf.Or or Bpf.Xor)
            {
                statement.Code = Bpf.Misc | Bpf.Txa;
                Keep(statement, values, Accumulator, right, rewrite);
                return;
            }

            if (operation is Bpf.Mul or Bpf.Div or Bpf.Mod or Bpf.And or Bpf.Lsh or Bpf.Rsh)
            {
                statement.Code = Bpf.Ld | Bpf.Imm;
                statement.K = 0;
                Keep(statement, values, Accumulator, Constant(0), rewrite);
                return;
            }
        }

        values[Accumulator] = Numbered(statement.Code, left, right);
    }

    private void RefuseZero(int operation)
    {
        if (operation is Bpf.Div or Bpf.Mod)
        {
            throw graph.Error("Division by zero");
        }
    }

    private void Fold(Statement statement, int operation, uint left, uint right, int[] values)
    {
        if (!BpfProgram.TryCompute(operation, left, right, out uint result))
        {
            throw graph.Error("Division by zero");
        }

        Replace(statement, Bpf.Ld | Bpf.Imm, result);
        values[Accumulator] = Constant(result);
    }

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
