namespace Sonde.Packets.Filters;

/// <content>Values inside a block: what is known of them, and what follows from that.</content>
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
}
