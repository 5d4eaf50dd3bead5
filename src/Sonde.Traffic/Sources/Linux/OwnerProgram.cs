using System.Runtime.Versioning;
using Sonde.Interop.Linux.Bpf;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Writes the programs that note who uses a socket, in the context of the process that does: while it is made, bound, connected, sent on or read.</summary>
/// <remarks>The process, not the thread: its first thread's name and start. The last process to use a socket is the one that is noted.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class OwnerProgram
{
    private const int Key = -KernelOwner.KeySize;
    private const int Value = Key - KernelOwner.ValueSize;
    private const int Socket = Value - 8;
    private const int ProcessIdBits = 22; // the kernel numbers no more than four million
    private const int InternetFamily = 2; // AF_INET
    private const int InternetFamily6 = 10; // AF_INET6
    private const int PacketFamily = 17; // AF_PACKET

    private readonly BpfAssembler _code = new();
    private readonly KernelOwners _owners;
    private readonly TaskOffsets? _task;
    private readonly SocketFields? _socket;

    private OwnerProgram(KernelOwners owners, TaskOffsets? task, SocketFields? socket)
    {
        _owners = owners;
        _task = task;
        _socket = socket;
    }

    /// <summary>A program for a hook of the cgroup.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Which kind of hook.</param>
    /// <param name="attach">Which hook.</param>
    /// <param name="owners">The tables that it fills.</param>
    /// <param name="task">Where the kernel keeps what is known of a process; null leaves the start out and takes the thread's name.</param>
    internal static BpfProgramSource ForCgroup(string name, BpfProgramType type, BpfAttachType attach, KernelOwners owners, TaskOffsets? task)
    {
        var program = new OwnerProgram(owners, task, null);
        program.Write(result: 1);
        return new BpfProgramSource(name, type, program._code.Build()) { AttachType = attach };
    }

    /// <summary>A program for a tracepoint whose first argument is a socket.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="btfId">The tracepoint's type.</param>
    /// <param name="owners">The tables that it fills.</param>
    /// <param name="task">Where the kernel keeps what is known of a process.</param>
    /// <param name="socket">Where the kernel keeps what is asked of a socket.</param>
    /// <param name="frames">
    /// Writes what counts the frames of a socket for them, with the tracepoint's arguments in r7, the socket in r6, and the stack below the number that it is
    /// given; r6 to r9 are lost. Null leaves sockets for frames out.
    /// </param>
    internal static BpfProgramSource ForTracepoint(string name, uint btfId, KernelOwners owners, TaskOffsets task, SocketFields socket, Action<BpfAssembler, int>? frames)
    {
        var program = new OwnerProgram(owners, task, socket);
        program.Write(result: 0, frames);
        return new BpfProgramSource(name, BpfProgramType.Tracing, program._code.Build()) { AttachType = BpfAttachType.TracepointBtf, AttachBtfId = btfId };
    }

    private void Write(int result, Action<BpfAssembler, int>? frames = null)
    {
        BpfLabel done = _code.DefineLabel();
        BpfLabel isAbsent = _code.DefineLabel();
        BpfLabel isNew = _code.DefineLabel();

        // r6 context or socket, r7 process.
        _code.Move(R6, R1);
        if (_socket is not null)
        {
            ChooseSocket(_socket, frames, done);
        }

        _code
            .Call(BpfHelper.CurrentProcessAndThread)
            .Compute(BpfOperation.ShiftRight, R0, 32)
            .JumpIf(BpfCondition.Equal, R0, 0, done) // nobody: the kernel is idle on this processor
            .Move(R7, R0);
        ReadCookie();
        SkipNoted(done);
        _code.LoadMap(R1, _owners.Map);
        Point(R2, Key);
        _code
            .Call(BpfHelper.MapLookup)
            .JumpIf(BpfCondition.Equal, R0, 0, isAbsent)
            .Load(R1, R0, KernelOwner.ProcessId, BpfSize.Word)
            .JumpIf(BpfCondition.Equal, R1, R7, done)
            .Jump(isNew)
            .Mark(isAbsent)
            .LoadMapValue(R1, _owners.Entered)
            .Move(R2, 1)
            .AtomicAdd(R1, 0, R2, BpfSize.Double)
            .Mark(isNew)
            .Store(R10, Value + KernelOwner.ProcessId, R7, BpfSize.Word)
            .Call(BpfHelper.CurrentUserAndGroup).Store(R10, Value + KernelOwner.UserId, R0, BpfSize.Word)
            .Call(BpfHelper.CurrentCgroupId).Store(R10, Value + KernelOwner.Cgroup, R0, BpfSize.Double);
        ReadNamespace();
        ReadTask();
        _code.LoadMap(R1, _owners.Map);
        Point(R2, Key);
        Point(R3, Value);
        _code.Move(R4, (int)BpfUpdateMode.Any).Call(BpfHelper.MapUpdate).Mark(done).Return(result);
    }

    // Of a tracepoint's socket: those for the internet go on; those for frames are counted, too.
    private void ChooseSocket(SocketFields socket, Action<BpfAssembler, int>? frames, BpfLabel otherwise)
    {
        BpfLabel isWanted = _code.DefineLabel();
        _code
            .Move(R7, R6)
            .Load(R6, R7, 0, BpfSize.Double)
            .LoadField(R1, R6, socket.Family)
            .JumpIf(BpfCondition.Equal, R1, InternetFamily, isWanted)
            .JumpIf(BpfCondition.Equal, R1, InternetFamily6, isWanted);
        if (frames is null)
        {
            _code.Jump(otherwise);
        }
        else
        {
            _code.JumpIf(BpfCondition.NotEqual, R1, PacketFamily, otherwise).Store(R10, Socket, R6, BpfSize.Double);
            frames(_code, Socket);
            _code.Load(R6, R10, Socket, BpfSize.Double);
        }

        _code.Mark(isWanted);
    }

    // Into the key and r8. The field is what the helper reads; only the first use of a socket needs the helper, which gives it one.
    private void ReadCookie()
    {
        BpfLabel hasCookie = _code.DefineLabel();
        if (_socket?.Cookie is { } cookie)
        {
            _code.LoadField(R8, R6, cookie).JumpIf(BpfCondition.NotEqual, R8, 0, hasCookie);
        }

        _code.Move(R1, R6).Call(BpfHelper.SocketCookie).Move(R8, R0).Mark(hasCookie).Store(R10, Key, R8, BpfSize.Double);
    }

    // Who used a socket last stands in one word, in a place by its cookie, until the next drain: most uses are by the same process, and end here.
    // Then the table hears of it again, for it throws out what it has not heard of for long.
    private void SkipNoted(BpfLabel isNoted) => _code
        .Move(R9, R8)
        .Compute(BpfOperation.ShiftLeft, R9, ProcessIdBits)
        .Compute(BpfOperation.Or, R9, R7)
        .Compute(BpfOperation.And, R8, KernelOwners.NotedCount - 1)
        .Compute(BpfOperation.ShiftLeft, R8, 3)
        .LoadMapValue(R1, _owners.Noted)
        .Compute(BpfOperation.Add, R1, R8)
        .Load(R2, R1, 0, BpfSize.Double)
        .JumpIf(BpfCondition.Equal, R2, R9, isNoted)
        .Store(R1, 0, R9, BpfSize.Double);

    // Tracepoints have no such helper; their flows know their namespace themselves.
    private void ReadNamespace()
    {
        if (_socket is null)
        {
            _code.Move(R1, R6).Call(BpfHelper.NetworkNamespaceCookie).Store(R10, Value + KernelOwner.NetworkNamespace, R0, BpfSize.Double);
        }
        else
        {
            _code.Store(R10, Value + KernelOwner.NetworkNamespace, 0, BpfSize.Double);
        }
    }

    private void ReadTask()
    {
        if (_task is not { } task)
        {
            _code.Store(R10, Value + KernelOwner.Start, 0, BpfSize.Double);
            Point(R1, Value + KernelOwner.Name);
            _code.Move(R2, KernelOwner.NameSize).Call(BpfHelper.CurrentCommand);
            return;
        }

        _code
            .Call(BpfHelper.CurrentTaskTyped)
            .LoadField(R8, R0, task.Leader)
            .LoadField(R1, R8, task.Start)
            .Store(R10, Value + KernelOwner.Start, R1, BpfSize.Double);
        for (int at = 0; at < KernelOwner.NameSize; at += sizeof(ulong))
        {
            _code.Load(R1, R8, task.Name.Offset + at, BpfSize.Double).Store(R10, Value + KernelOwner.Name + at, R1, BpfSize.Double);
        }
    }

    private void Point(BpfRegister register, int stack) => _code.Move(register, R10).Compute(BpfOperation.Add, register, stack);
}
