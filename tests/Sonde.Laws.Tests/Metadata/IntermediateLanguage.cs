using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Sonde.Laws.Tests.Metadata;

/// <summary>Walks over the instructions of a method body.</summary>
internal static class IntermediateLanguage
{
    private const byte TwoBytes = 0xFE; // the first byte of every two-byte opcode (ECMA-335 III.1.2.1)

    private static readonly Dictionary<ushort, OperandType> s_operands = typeof(OpCodes).GetFields()
        .Select(static field => field.GetValue(null))
        .OfType<OpCode>()
        .ToDictionary(static code => unchecked((ushort)code.Value), static code => code.OperandType);

    /// <summary>Every metadata token that an instruction names: methods called or taken, fields, types.</summary>
    internal static IReadOnlyList<EntityHandle> Tokens(BlobReader body)
    {
        var tokens = new List<EntityHandle>();
        while (body.RemainingBytes > 0)
        {
            ushort code = body.ReadByte();
            if (code == TwoBytes)
            {
                code = (ushort)((TwoBytes << 8) | body.ReadByte());
            }

            if (!s_operands.TryGetValue(code, out OperandType operand))
            {
                throw new InvalidDataException($"No opcode 0x{code:X} is known; the walk would lose its place.");
            }

            switch (operand)
            {
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                    tokens.Add(MetadataTokens.EntityHandle(body.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    int targets = body.ReadInt32();
                    body.Offset += targets * sizeof(int);
                    break;
                default:
                    body.Offset += SizeOf(operand);
                    break;
            }
        }

        return tokens;
    }

    private static int SizeOf(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineBrTarget or OperandType.InlineI or OperandType.InlineSig or OperandType.InlineString or OperandType.ShortInlineR => 4,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => throw new InvalidDataException($"No size is known for an operand of kind {operand}."),
    };
}
