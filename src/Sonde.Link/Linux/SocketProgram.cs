using Sonde.Interop.Linux;
using Sonde.Packets.Filters;

namespace Sonde.Link.Linux;

/// <summary>The program that a packet socket is given: which way a frame goes, then the caller's filter.</summary>
internal static class SocketProgram
{
    // The loopback interface has this index in every network namespace.
    private const uint Loopback = 1;

    private static readonly BpfInstruction s_reject = new(Bpf.Ret, 0, 0, 0);
    private static readonly BpfInstruction s_loadType = new(Bpf.Ld | Bpf.Abs | Bpf.W, 0, 0, Bpf.PacketType);

    /// <summary>The instructions in front of a filter that turn away what goes the wrong way.</summary>
    /// <param name="directions">Which way frames may go.</param>
    /// <param name="allInterfaces">Whether frames of all interfaces come, those of the loopback twice: sent, and received by the same host.</param>
    internal static BpfInstruction[] Directions(FrameDirections directions, bool allInterfaces) => (directions, allInterfaces) switch
    {
        (FrameDirections.Inbound, _) => [s_loadType, IfEqual(Packet.PACKET_OUTGOING, 0, 1), s_reject, .. Behind],
        (FrameDirections.Outbound, _) => [s_loadType, IfEqual(Packet.PACKET_OUTGOING, 1, 0), s_reject, .. Behind],
        (FrameDirections.Both, true) =>
        [
            s_loadType,
            IfEqual(Packet.PACKET_OUTGOING, 0, 3),
            new BpfInstruction(Bpf.Ld | Bpf.Abs | Bpf.W, 0, 0, Bpf.InterfaceIndex),
            IfEqual(Loopback, 0, 1),
            s_reject,
            .. Behind,
        ],
        _ => [],
    };

    /// <summary>The kernel's form of a program.</summary>
    internal static sock_filter[] ToNative(ReadOnlySpan<BpfInstruction> program)
    {
        var native = new sock_filter[program.Length];
        for (int at = 0; at < native.Length; at++)
        {
            BpfInstruction one = program[at];
            native[at] = new sock_filter { code = one.Code, jt = one.JumpTrue, jf = one.JumpFalse, k = one.K };
        }

        return native;
    }

    // A program may count on a zero in the accumulator when it starts.
    private static BpfInstruction[] Behind => [new BpfInstruction(Bpf.Ld | Bpf.Imm, 0, 0, 0)];

    private static BpfInstruction IfEqual(uint value, byte whenTrue, byte whenFalse) => new(Bpf.Jmp | Bpf.Jeq, whenTrue, whenFalse, value);
}
