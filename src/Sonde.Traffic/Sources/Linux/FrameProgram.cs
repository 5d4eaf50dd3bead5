using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Writes the program that counts frames which processes write themselves (AF_PACKET): they pass no IP socket, so no hook of a control group sees them.</summary>
/// <remarks>It sees each call that sends, with what the call returned. What leaves by AF_XDP makes no such call and is not seen.</remarks>
[SupportedOSPlatform("linux")]
internal static class FrameProgram
{
    private const int PacketFamily = 17; // AF_PACKET
    private const int SocketArgument = 0;
    private const int ResultArgument = sizeof(ulong);
    private const int Key = -KernelFlow.KeySize;
    private const int Value = Key - KernelFlow.ValueSize;
    private const int Interface = Value - 8;
    private const int Index = Value - 4;

    /// <summary>Writes it, for the tracepoint sock_send_length.</summary>
    /// <param name="btfId">The tracepoint's type.</param>
    /// <param name="socket">Where the kernel keeps what is asked of a socket.</param>
    /// <param name="holder">Holds the table of flows that is being filled.</param>
    /// <param name="overflow">A per-CPU array of one set of counters, for what finds the table full.</param>
    internal static BpfProgramSource Write(uint btfId, SocketFields socket, BpfMap holder, BpfMap overflow)
    {
        var code = new BpfAssembler();
        BpfLabel done = code.DefineLabel();

        // r6 socket, r7 calls, r8 no signs, r9 bytes: as the account wants them.
        code
            .Load(R6, R1, SocketArgument, BpfSize.Double)
            .Load(R9, R1, ResultArgument, BpfSize.Double)
            .LoadField(R1, R6, socket.Family)
            .JumpIf(BpfCondition.NotEqual, R1, PacketFamily, done)

            // The result is an int, and an error when it is below zero.
            .Compute(BpfOperation.ShiftLeft, R9, 32)
            .Compute(BpfOperation.ShiftRightSigned, R9, 32)
            .JumpIf(BpfCondition.SignedLessOrEqual, R9, 0, done)
            .Move(R7, 1)
            .Move(R8, 0);
        for (int at = 0; at < KernelFlow.KeySize; at += sizeof(ulong))
        {
            code.Store(R10, Key + at, 0, BpfSize.Double);
        }

        if (socket.NamespaceCookie is { } cookie)
        {
            code.LoadField(R1, R6, cookie).Store(R10, Key + KernelFlow.NetworkNamespace, R1, BpfSize.Double);
        }

        code
            .Store(R10, Key + KernelFlow.Protocol, (int)KernelFlow.Frames, BpfSize.Byte)
            .Store(R10, Interface, 0, BpfSize.Word)
            .Move(R1, R6).Call(BpfHelper.SocketCookie).Store(R10, Key + KernelFlow.Cookie, R0, BpfSize.Double);
        new FlowAccount(code, Key, Value, Interface, Index).Write(isSent: true, holder, overflow, done);
        code.Mark(done).Return(0);
        return new BpfProgramSource("sonde_frames", BpfProgramType.Tracing, code.Build()) { AttachType = BpfAttachType.TracepointBtf, AttachBtfId = btfId };
    }
}
