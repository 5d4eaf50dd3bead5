using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Writes what counts frames that processes write themselves (AF_PACKET): they pass no IP socket, so no hook of a control group sees them.</summary>
/// <remarks>It sees each call that sends, with what the call returned. What leaves by AF_XDP makes no such call and is not seen.</remarks>
[SupportedOSPlatform("linux")]
internal static class FrameCounting
{
    private const int ResultArgument = sizeof(ulong);

    /// <summary>Writes it, for the tracepoint sock_send_length with its arguments in r7 and a socket for frames in r6.</summary>
    /// <param name="code">The program.</param>
    /// <param name="top">Where on the stack its room begins.</param>
    /// <param name="socket">Where the kernel keeps what is asked of a socket.</param>
    /// <param name="flows">Where it counts.</param>
    /// <param name="gathers">Whether processors gather first.</param>
    internal static void Write(BpfAssembler code, int top, SocketFields socket, KernelFlows flows, bool gathers)
    {
        var account = new FlowAccount(code, flows, top);
        BpfLabel done = code.DefineLabel();

        // r7 calls, r8 no signs, r9 bytes: as the account wants them. The result is an int, and an error when it is below zero.
        code
            .Load(R9, R7, ResultArgument, BpfSize.Double)
            .Compute(BpfOperation.ShiftLeft, R9, 32)
            .Compute(BpfOperation.ShiftRightSigned, R9, 32)
            .JumpIf(BpfCondition.SignedLessOrEqual, R9, 0, done)
            .Move(R7, 1)
            .Move(R8, 0);
        for (int at = 0; at < KernelFlow.KeySize; at += sizeof(ulong))
        {
            code.Store(R10, account.Key + at, 0, BpfSize.Double);
        }

        if (socket.NamespaceCookie is { } cookie)
        {
            code.LoadField(R1, R6, cookie).Store(R10, account.Key + KernelFlow.NetworkNamespace, R1, BpfSize.Double);
        }

        code
            .Store(R10, account.Key + KernelFlow.Protocol, (int)KernelFlow.Frames, BpfSize.Byte)
            .Store(R10, account.InterfaceIndex, 0, BpfSize.Word)
            .Move(R1, R6).Call(BpfHelper.SocketCookie).Store(R10, account.Key + KernelFlow.Cookie, R0, BpfSize.Double);
        account.Write(isSent: true, gathers, completeKey: null, done);
        code.Mark(done);
    }
}
