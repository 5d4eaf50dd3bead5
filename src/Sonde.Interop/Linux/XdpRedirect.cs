using System.Buffers.Binary;
using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Interop.Linux;

/// <summary>The program at an interface's entrance that leads the frames of one receive queue to an XDP socket, and what it is attached with.</summary>
/// <remarks>Whatever is not led there goes on to the network stack, and all of it does once this is disposed.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class XdpRedirect : IDisposable
{
    private const int EtherTypeOffset = 12;
    private const int EthernetHeader = 14;

    // struct xdp_md of linux/bpf.h.
    private const int DataOffset = 0;
    private const int DataEndOffset = 4;
    private const int QueueOffset = 16;

    private readonly BpfMap _sockets;
    private readonly BpfProgram _program;
    private readonly BpfLink _link;

    private XdpRedirect(BpfMap sockets, BpfProgram program, BpfLink link)
    {
        _sockets = sockets;
        _program = program;
        _link = link;
    }

    /// <summary>Attaches it: in the driver if that can, otherwise behind it.</summary>
    /// <param name="socket">Where frames go.</param>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="queue">The receive queue.</param>
    /// <param name="etherType">The only EtherType to take, 0 for all.</param>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static XdpRedirect Attach(XdpSocket socket, int interfaceIndex, int queue, ushort etherType)
    {
        BpfMap sockets = CreateMap(queue + 1);
        BpfProgram? program = null;
        try
        {
            using (var number = new BorrowedDescriptor(socket.Descriptor))
            {
                sockets.Update(BitConverter.GetBytes(queue), BitConverter.GetBytes(number.Number));
            }

            program = BpfProgram.Load(new BpfProgramSource("sonde_frames", BpfProgramType.Xdp, Instructions(sockets, etherType)) { AttachType = BpfAttachType.Xdp });
            return new XdpRedirect(sockets, program, BpfLink.AttachToInterface(program, interfaceIndex));
        }
        catch
        {
            program?.Dispose();
            sockets.Dispose();
            throw;
        }
    }

    /// <summary>Makes what attaching begins with, to see whether it may be made.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static void Try() => CreateMap(1).Dispose();

    public void Dispose()
    {
        _link.Dispose();
        _program.Dispose();
        _sockets.Dispose();
    }

    internal static BpfInstruction[] Instructions(BpfMap sockets, ushort etherType)
    {
        var code = new BpfAssembler();
        BpfLabel pass = code.DefineLabel();
        if (etherType != 0)
        {
            code.Load(BpfRegister.R2, BpfRegister.R1, DataOffset, BpfSize.Word)
                .Load(BpfRegister.R3, BpfRegister.R1, DataEndOffset, BpfSize.Word)
                .Move(BpfRegister.R4, BpfRegister.R2)
                .Compute(BpfOperation.Add, BpfRegister.R4, EthernetHeader)
                .JumpIf(BpfCondition.Greater, BpfRegister.R4, BpfRegister.R3, pass)
                .Load(BpfRegister.R5, BpfRegister.R2, EtherTypeOffset, BpfSize.Half)
                .JumpIf(BpfCondition.NotEqual, BpfRegister.R5, BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(etherType) : etherType, pass);
        }

        // Of a queue that no socket is at, frames pass: that is the third argument.
        code.Load(BpfRegister.R2, BpfRegister.R1, QueueOffset, BpfSize.Word)
            .LoadMap(BpfRegister.R1, sockets)
            .Move(BpfRegister.R3, (int)Xdp.XDP_PASS)
            .Call(BpfHelper.RedirectToMap)
            .Exit();
        if (etherType != 0)
        {
            code.Mark(pass).Move(BpfRegister.R0, (int)Xdp.XDP_PASS).Exit();
        }

        return code.Build();
    }

    private static BpfMap CreateMap(int entries) => BpfMap.Create(BpfMapType.XdpSockets, "sonde_frames", sizeof(int), sizeof(int), entries);
}
