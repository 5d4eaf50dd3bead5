using Sonde.Packets;
using Sonde.Packets.Filters;

namespace Sonde.Link.Windows;

/// <summary>The program that Npcap's driver runs: what the options ask for beside the filter, then the filter itself.</summary>
/// <remarks>The driver has no option for direction, frame type or snap length; classic BPF says all three.</remarks>
internal static class NpcapProgram
{
    private const ushort LoadWord = 0x20; // ld [k]
    private const ushort LoadHalf = 0x28; // ldh [k]
    private const ushort JumpEqual = 0x15; // jeq #k, jt, jf
    private const ushort Return = 0x06; // ret #k
    private const uint Ancillary = 0xFFFF_F000; // SKF_AD_OFF: loads of what Linux knows beside the bytes
    private const int ClassAndMode = 0xE7;
    private const int LoadAbsolute = 0x20;
    private const uint TypeOffset = 12;
    private const uint SourceOffset = 6;

    /// <summary>Whether a program asks for what stands beside the frame, which Npcap's driver does not know.</summary>
    internal static bool AsksForMetadata(ReadOnlySpan<BpfInstruction> filter)
    {
        foreach (BpfInstruction instruction in filter)
        {
            if ((instruction.Code & ClassAndMode) == LoadAbsolute && instruction.K >= Ancillary)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts the program together.</summary>
    /// <param name="filter">The filter; empty lets everything pass.</param>
    /// <param name="directions">Which ways frames go; other than both and none needs a hardware address.</param>
    /// <param name="hardware">The address that this host sends with.</param>
    /// <param name="etherType">The only EtherType, 0 for all.</param>
    /// <param name="snapLength">What an accepted frame is cut to when there is no filter.</param>
    internal static BpfInstruction[] Build(
        ReadOnlySpan<BpfInstruction> filter, FrameDirections directions, MacAddress hardware, ushort etherType, int snapLength)
    {
        if ((directions & FrameDirections.Both) == FrameDirections.None)
        {
            return [Reject];
        }

        var program = new List<BpfInstruction>();
        if ((directions & FrameDirections.Both) != FrameDirections.Both)
        {
            bool outbound = (directions & FrameDirections.Outbound) != FrameDirections.None;
            uint high = (uint)(hardware.ToUInt64() >> 16);
            ushort low = (ushort)hardware.ToUInt64();

            // A jump counts the instructions behind it: 2 leads to the rejection, 3 past it.
            program.Add(new BpfInstruction(LoadWord, 0, 0, SourceOffset));
            program.Add(new BpfInstruction(JumpEqual, 0, outbound ? (byte)2 : (byte)3, high));
            program.Add(new BpfInstruction(LoadHalf, 0, 0, SourceOffset + 4));
            program.Add(new BpfInstruction(JumpEqual, outbound ? (byte)1 : (byte)0, outbound ? (byte)0 : (byte)1, low));
            program.Add(Reject);
        }

        if (etherType != 0)
        {
            program.Add(new BpfInstruction(LoadHalf, 0, 0, TypeOffset));
            program.Add(new BpfInstruction(JumpEqual, 1, 0, etherType));
            program.Add(Reject);
        }

        if (filter.IsEmpty)
        {
            program.Add(new BpfInstruction(Return, 0, 0, (uint)snapLength));
        }
        else
        {
            program.AddRange(filter); // its jumps are relative
        }

        return [.. program];
    }

    private static BpfInstruction Reject => new(Return, 0, 0, 0);
}
