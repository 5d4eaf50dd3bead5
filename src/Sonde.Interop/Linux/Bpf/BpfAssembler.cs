using System.Runtime.Versioning;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>Writes BPF programs instruction by instruction; jumps name labels, which <see cref="Build"/> resolves.</summary>
/// <remarks>It checks encodings, not meaning: what a program may do is the verifier's to say.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class BpfAssembler
{
    private const int NotMarked = -1;
    private readonly List<BpfInstruction> _code = [];
    private readonly List<int> _labels = [];
    private readonly List<(int At, BpfLabel Target)> _jumps = [];
    private readonly List<BpfMap> _maps = [];

    /// <summary>Instructions so far.</summary>
    internal int Count => _code.Count;

    /// <summary>The maps that the program refers to: they must be open when it is loaded.</summary>
    internal IReadOnlyList<BpfMap> Maps => _maps;

    /// <summary>A label for a place that is not written yet.</summary>
    internal BpfLabel DefineLabel()
    {
        _labels.Add(NotMarked);
        return new BpfLabel(_labels.Count - 1);
    }

    /// <summary>Puts a label before the next instruction.</summary>
    internal BpfAssembler Mark(BpfLabel label)
    {
        if (_labels[label.Number] != NotMarked)
        {
            throw new InvalidOperationException("the label has a place already");
        }

        _labels[label.Number] = _code.Count;
        return this;
    }

    internal BpfAssembler Move(BpfRegister destination, BpfRegister source) => Compute(BpfOperation.Move, destination, source);

    /// <summary>Loads a constant, sign-extended to 64 bits.</summary>
    internal BpfAssembler Move(BpfRegister destination, int value) => Compute(BpfOperation.Move, destination, value);

    /// <summary>Loads any 64-bit constant; takes two instructions.</summary>
    internal BpfAssembler MoveWide(BpfRegister destination, ulong value) => Wide(destination, BpfRegister.R0, (uint)value, (uint)(value >> 32));

    /// <summary>destination = destination operation source, on all 64 bits.</summary>
    internal BpfAssembler Compute(BpfOperation operation, BpfRegister destination, BpfRegister source) =>
        Add(BpfAbi.BPF_ALU64 | BpfAbi.BPF_X | (int)operation, destination, source, 0, 0);

    /// <summary>destination = destination operation value, on all 64 bits; the value is sign-extended.</summary>
    internal BpfAssembler Compute(BpfOperation operation, BpfRegister destination, int value) =>
        Add(BpfAbi.BPF_ALU64 | BpfAbi.BPF_K | (int)operation, destination, BpfRegister.R0, 0, value);

    /// <summary>As <see cref="Compute(BpfOperation, BpfRegister, BpfRegister)"/> on the low 32 bits; the high ones become zero.</summary>
    internal BpfAssembler Compute32(BpfOperation operation, BpfRegister destination, BpfRegister source) =>
        Add(BpfAbi.BPF_ALU | BpfAbi.BPF_X | (int)operation, destination, source, 0, 0);

    /// <summary>As <see cref="Compute(BpfOperation, BpfRegister, int)"/> on the low 32 bits; the high ones become zero.</summary>
    internal BpfAssembler Compute32(BpfOperation operation, BpfRegister destination, int value) =>
        Add(BpfAbi.BPF_ALU | BpfAbi.BPF_K | (int)operation, destination, BpfRegister.R0, 0, value);

    internal BpfAssembler Negate(BpfRegister destination) => Add(BpfAbi.BPF_ALU64 | BpfAbi.BPF_NEG, destination, BpfRegister.R0, 0, 0);

    /// <summary>Turns a number of 16, 32 or 64 bits from network order into this machine's, or back; higher bits become zero.</summary>
    internal BpfAssembler SwapNetworkOrder(BpfRegister destination, int bits) => bits is 16 or 32 or 64
        ? Add(BpfAbi.BPF_ALU | BpfAbi.BPF_END | BpfAbi.BPF_TO_BE, destination, BpfRegister.R0, 0, bits)
        : throw new ArgumentOutOfRangeException(nameof(bits), bits, "16, 32 or 64");

    /// <summary>destination = memory at address + offset; shorter numbers are filled up with zeros.</summary>
    internal BpfAssembler Load(BpfRegister destination, BpfRegister address, int offset, BpfSize size) =>
        Add(BpfAbi.BPF_LDX | BpfAbi.BPF_MEM | (int)size, destination, address, Short(offset), 0);

    /// <summary>Memory at address + offset = source.</summary>
    internal BpfAssembler Store(BpfRegister address, int offset, BpfRegister source, BpfSize size) =>
        Add(BpfAbi.BPF_STX | BpfAbi.BPF_MEM | (int)size, address, source, Short(offset), 0);

    /// <summary>Memory at address + offset = value.</summary>
    internal BpfAssembler Store(BpfRegister address, int offset, int value, BpfSize size) =>
        Add(BpfAbi.BPF_ST | BpfAbi.BPF_MEM | (int)size, address, BpfRegister.R0, Short(offset), value);

    /// <summary>Memory at address + offset += source, at once for all processors; four or eight bytes.</summary>
    internal BpfAssembler AtomicAdd(BpfRegister address, int offset, BpfRegister source, BpfSize size) => size is BpfSize.Word or BpfSize.Double
        ? Add(BpfAbi.BPF_STX | BpfAbi.BPF_ATOMIC | (int)size, address, source, Short(offset), BpfAbi.BPF_ADD)
        : throw new ArgumentOutOfRangeException(nameof(size), size, "four or eight bytes");

    /// <summary>Memory at address + offset and source change places, at once for all processors; four or eight bytes (kernel 5.12).</summary>
    internal BpfAssembler AtomicExchange(BpfRegister address, int offset, BpfRegister source, BpfSize size) => size is BpfSize.Word or BpfSize.Double
        ? Add(BpfAbi.BPF_STX | BpfAbi.BPF_ATOMIC | (int)size, address, source, Short(offset), BpfAbi.BPF_XCHG)
        : throw new ArgumentOutOfRangeException(nameof(size), size, "four or eight bytes");

    /// <summary>destination = a map, for a helper's first argument; takes two instructions.</summary>
    internal BpfAssembler LoadMap(BpfRegister destination, BpfMap map)
    {
        _maps.Add(map);
        using var fd = new BorrowedDescriptor(map.Descriptor);
        return Wide(destination, (BpfRegister)BpfAbi.BPF_PSEUDO_MAP_FD, fd.Number, 0);
    }

    /// <summary>destination = the address of the first value of an array map, plus an offset; takes two instructions and no call.</summary>
    internal BpfAssembler LoadMapValue(BpfRegister destination, BpfMap array, int offset = 0)
    {
        _maps.Add(array);
        using var fd = new BorrowedDescriptor(array.Descriptor);
        return Wide(destination, (BpfRegister)BpfAbi.BPF_PSEUDO_MAP_VALUE, fd.Number, (uint)offset);
    }

    /// <summary>destination = a field of the kernel, with every pointer on the way followed; base may be the destination.</summary>
    /// <remarks>For typed pointers (iterators, tp_btf), where a pointer that is null reads as zero and never faults.</remarks>
    internal BpfAssembler LoadField(BpfRegister destination, BpfRegister @base, KernelField field)
    {
        BpfRegister from = @base;
        foreach (int hop in field.Hops)
        {
            Load(destination, from, hop, BpfSize.Double);
            from = destination;
        }

        Load(destination, from, field.Offset, SizeOf(field));
        if (field.BitCount > 0)
        {
            int above = 64 - field.BitShift - field.BitCount;
            Compute(BpfOperation.ShiftLeft, destination, above);
            Compute(field.IsSigned ? BpfOperation.ShiftRightSigned : BpfOperation.ShiftRight, destination, 64 - field.BitCount);
        }

        return this;
    }

    /// <summary>destination = the address of a field, with every pointer on the way followed.</summary>
    internal BpfAssembler LoadFieldAddress(BpfRegister destination, BpfRegister @base, KernelField field)
    {
        BpfRegister from = @base;
        foreach (int hop in field.Hops)
        {
            Load(destination, from, hop, BpfSize.Double);
            from = destination;
        }

        if (from != destination)
        {
            Move(destination, from);
        }

        return Compute(BpfOperation.Add, destination, field.Offset);
    }

    internal BpfAssembler Jump(BpfLabel target) => AddJump(BpfAbi.BPF_JMP | BpfAbi.BPF_JA, BpfRegister.R0, BpfRegister.R0, 0, target);

    /// <summary>Jumps when left condition right, as 64-bit numbers.</summary>
    internal BpfAssembler JumpIf(BpfCondition condition, BpfRegister left, BpfRegister right, BpfLabel target) =>
        AddJump(BpfAbi.BPF_JMP | BpfAbi.BPF_X | (int)condition, left, right, 0, target);

    /// <summary>Jumps when left condition value, as 64-bit numbers; the value is sign-extended.</summary>
    internal BpfAssembler JumpIf(BpfCondition condition, BpfRegister left, int value, BpfLabel target) =>
        AddJump(BpfAbi.BPF_JMP | BpfAbi.BPF_K | (int)condition, left, BpfRegister.R0, value, target);

    /// <summary>Jumps when the low halves are left condition right (kernel 5.1).</summary>
    internal BpfAssembler JumpIf32(BpfCondition condition, BpfRegister left, BpfRegister right, BpfLabel target) =>
        AddJump(BpfAbi.BPF_JMP32 | BpfAbi.BPF_X | (int)condition, left, right, 0, target);

    /// <summary>Jumps when the low half is left condition value (kernel 5.1).</summary>
    internal BpfAssembler JumpIf32(BpfCondition condition, BpfRegister left, int value, BpfLabel target) =>
        AddJump(BpfAbi.BPF_JMP32 | BpfAbi.BPF_K | (int)condition, left, BpfRegister.R0, value, target);

    /// <summary>R0 = helper(R1 … R5); R1 to R5 are lost.</summary>
    internal BpfAssembler Call(BpfHelper helper) => Add(BpfAbi.BPF_JMP | BpfAbi.BPF_CALL, BpfRegister.R0, BpfRegister.R0, 0, (int)helper);

    /// <summary>Ends the program with what is in R0.</summary>
    internal BpfAssembler Exit() => Add(BpfAbi.BPF_JMP | BpfAbi.BPF_EXIT, BpfRegister.R0, BpfRegister.R0, 0, 0);

    /// <summary>Ends the program with a constant.</summary>
    internal BpfAssembler Return(int value) => Move(BpfRegister.R0, value).Exit();

    /// <summary>The finished code, with every jump resolved.</summary>
    /// <exception cref="InvalidOperationException">A label has no place, or a jump is longer than 32,767 instructions.</exception>
    internal BpfInstruction[] Build()
    {
        BpfInstruction[] code = [.. _code];
        foreach ((int at, BpfLabel target) in _jumps)
        {
            int place = _labels[target.Number];
            if (place == NotMarked)
            {
                throw new InvalidOperationException($"the jump at {at} leads to a label without a place");
            }

            // A jump counts from the instruction after it.
            int distance = place - at - 1;
            if (distance is < short.MinValue or > short.MaxValue)
            {
                throw new InvalidOperationException($"the jump at {at} is too long");
            }

            BpfInstruction jump = code[at];
            code[at] = new BpfInstruction(jump.Code, jump.Destination, jump.Source, (short)distance, jump.Immediate);
        }

        return code;
    }

    private static short Short(int offset) => offset is >= short.MinValue and <= short.MaxValue
        ? (short)offset
        : throw new ArgumentOutOfRangeException(nameof(offset), offset, "does not fit into an instruction");

    private static BpfSize SizeOf(KernelField field) => field.Size switch
    {
        1 => BpfSize.Byte,
        2 => BpfSize.Half,
        4 => BpfSize.Word,
        8 => BpfSize.Double,
        _ => throw new ArgumentException($"a field of {field.Size} bytes is not loaded at once", nameof(field)),
    };

    private BpfAssembler Wide(BpfRegister destination, BpfRegister kind, uint low, uint high)
    {
        Add(BpfAbi.BPF_LD | BpfAbi.BPF_IMM | BpfAbi.BPF_DW, destination, kind, 0, (int)low);
        return Add(0, BpfRegister.R0, BpfRegister.R0, 0, (int)high);
    }

    private BpfAssembler AddJump(int code, BpfRegister left, BpfRegister right, int value, BpfLabel target)
    {
        _jumps.Add((_code.Count, target));
        return Add(code, left, right, 0, value);
    }

    private BpfAssembler Add(int code, BpfRegister destination, BpfRegister source, short offset, int immediate)
    {
        _code.Add(new BpfInstruction(code, destination, source, offset, immediate));
        return this;
    }
}
