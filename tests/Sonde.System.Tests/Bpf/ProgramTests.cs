using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Sonde.Interop;
using Sonde.Interop.Linux.Bpf;
using Sonde.Interop.Unix;
using Sonde.Testing;
using static Sonde.Interop.Linux.Bpf.BpfRegister;

namespace Sonde.System.Tests.Bpf;

/// <summary>Tiny programs of every kind that this room loads, on the real kernel; each counts how often it ran.</summary>
public sealed partial class ProgramTests : IDisposable
{
    private readonly BpfMap _count;

    public ProgramTests()
    {
        NeedsBpf.Check();
        _count = BpfMap.Create(BpfMapType.PerCpuArray, "sonde_count", 4, 8, 1);
    }

    public void Dispose() => _count.Dispose();

    [Theory]
    [InlineData(nameof(BpfProgramType.CgroupSkb), nameof(BpfAttachType.CgroupIngress))]
    [InlineData(nameof(BpfProgramType.CgroupSkb), nameof(BpfAttachType.CgroupEgress))]
    [InlineData(nameof(BpfProgramType.CgroupSock), nameof(BpfAttachType.CgroupSockCreate))]
    [InlineData(nameof(BpfProgramType.CgroupSock), nameof(BpfAttachType.CgroupSockRelease))]
    [InlineData(nameof(BpfProgramType.CgroupSock), nameof(BpfAttachType.CgroupPostBind4))]
    [InlineData(nameof(BpfProgramType.CgroupSockAddress), nameof(BpfAttachType.CgroupConnect4))]
    [InlineData(nameof(BpfProgramType.CgroupSockAddress), nameof(BpfAttachType.CgroupSendMessage4))]
    [InlineData(nameof(BpfProgramType.SockOps), nameof(BpfAttachType.CgroupSockOps))]
    public void A_program_on_a_cgroup_sees_the_traffic_below_it_until_it_is_detached(string typeName, string attachName)
    {
        BpfProgramType type = Enum.Parse<BpfProgramType>(typeName);
        BpfAttachType attach = Enum.Parse<BpfAttachType>(attachName);
        using FileDescriptor cgroup = OpenCgroup();
        using BpfProgram program = BpfProgram.Load(Counter(type, attach));

        using (BpfLink link = BpfLink.AttachToCgroup(program, cgroup, attach))
        {
            Talk(IPAddress.Loopback);
            Assert.Contains(BpfObjects.Describe(link).Id, BpfObjects.LinkIds());
        }

        long seen = Count();
        Assert.InRange(seen, 1, long.MaxValue);
        Talk(IPAddress.Loopback);
        Assert.Equal(seen, Count());
    }

    [Theory]
    [InlineData(nameof(BpfProgramType.CgroupSock), nameof(BpfAttachType.CgroupPostBind6))]
    [InlineData(nameof(BpfProgramType.CgroupSockAddress), nameof(BpfAttachType.CgroupConnect6))]
    [InlineData(nameof(BpfProgramType.CgroupSockAddress), nameof(BpfAttachType.CgroupSendMessage6))]
    public void IPv6_has_programs_of_its_own(string typeName, string attachName)
    {
        BpfProgramType type = Enum.Parse<BpfProgramType>(typeName);
        BpfAttachType attach = Enum.Parse<BpfAttachType>(attachName);
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 here");
        using FileDescriptor cgroup = OpenCgroup();
        using BpfProgram program = BpfProgram.Load(Counter(type, attach));
        using BpfLink link = BpfLink.AttachToCgroup(program, cgroup, attach);

        Talk(IPAddress.IPv6Loopback);

        Assert.InRange(Count(), 1, long.MaxValue);
    }

    [Fact]
    public void Before_links_a_program_is_attached_and_detached_by_hand()
    {
        using FileDescriptor cgroup = OpenCgroup();
        using BpfProgram program = BpfProgram.Load(Counter(BpfProgramType.CgroupSkb, BpfAttachType.CgroupEgress));
        uint id = BpfObjects.Describe(program).Id;

        using (CgroupAttachment attachment = CgroupAttachment.Attach(program, cgroup, BpfAttachType.CgroupEgress))
        {
            Assert.Contains(id, CgroupAttachment.Query(cgroup, BpfAttachType.CgroupEgress));
            Talk(IPAddress.Loopback);
        }

        Assert.InRange(Count(), 1, long.MaxValue);
        Assert.DoesNotContain(id, CgroupAttachment.Query(cgroup, BpfAttachType.CgroupEgress));
    }

    [Fact]
    public void A_tracepoint_with_typed_arguments_is_found_in_BTF_and_fires()
    {
        using KernelBtf bytes = KernelBtf.Open();
        Assert.True(Btf.TryParse(bytes.Bytes, out Btf btf, out _));
        BpfProgramSource source = Counter(BpfProgramType.Tracing, BpfAttachType.TracepointBtf) with
        {
            AttachBtfId = btf.Find(BtfKind.Typedef, "btf_trace_sched_process_exec"u8),
        };
        using BpfProgram program = BpfProgram.Load(source);
        using BpfLink link = BpfLink.AttachTypedTracepoint(program);

        ChildProcess.MustShell("/bin/true");

        Assert.InRange(Count(), 1, long.MaxValue);
    }

    [Fact]
    public void A_raw_tracepoint_needs_neither_BTF_nor_tracefs()
    {
        using BpfProgram program = BpfProgram.Load(Counter(BpfProgramType.RawTracepoint, default));
        using BpfLink link = BpfLink.AttachRawTracepoint(program, "sched_process_exit");

        ChildProcess.MustShell("/bin/true");

        Assert.InRange(Count(), 1, long.MaxValue);
        Assert.Equal(2, Assert.Throws<NativeException>(() => BpfLink.AttachRawTracepoint(program, "no_such_tracepoint")).Error.Code);
    }

    [Fact]
    public void A_tracepoint_is_attached_by_the_number_that_tracefs_gives_it()
    {
        using var tracefs = new MountedTracefs();
        TracepointFormat format = TracepointFormat.Read(tracefs.Root, "sock/inet_sock_set_state")!; // tracefs writes well-formed ones
        Assert.Equal((8, 8), (format.Find("skaddr")!.Value.Offset, format.Find("skaddr")!.Value.Size));
        using BpfProgram program = BpfProgram.Load(Counter(BpfProgramType.Tracepoint, default));

        using (BpfLink.AttachTracepoint(program, format.Id))
        {
            Talk(IPAddress.Loopback);
        }

        Assert.InRange(Count(), 1, long.MaxValue);
    }

    [Fact]
    public void A_packet_program_is_tried_on_given_bytes()
    {
        // Returns the length of the packet without its Ethernet header, as a cgroup program sees it; 1 lets it pass.
        BpfInstruction[] code = new BpfAssembler().Load(R0, R1, 0, BpfSize.Word).JumpToOne().Build();
        using BpfProgram program = BpfProgram.Load(new BpfProgramSource("sonde_try", BpfProgramType.CgroupSkb, code));

        BpfTestRun run = program.TestRun(new byte[64], [], repeat: 10);

        Assert.Equal(1u, run.ReturnValue);
        Assert.True(run.Duration < TimeSpan.FromMilliseconds(10), run.Duration.ToString());
    }

    [Fact]
    public void A_refused_program_is_told_in_the_verifiers_words()
    {
        // Reads the stack where nothing was written and returns it: the second load is out of bounds.
        BpfInstruction[] code = new BpfAssembler().Load(R0, R10, 8, BpfSize.Double).Exit().Build();

        BpfRejectedException e = Assert.Throws<BpfRejectedException>(() => BpfProgram.Load(new BpfProgramSource("sonde_bad", BpfProgramType.CgroupSkb, code)));

        Assert.Equal(13, e.Error.Code); // EACCES, from the verifier
        Assert.Contains("invalid read from stack R10 off=8 size=8", e.Message, StringComparison.Ordinal);
        Assert.Contains("bpf(BPF_PROG_LOAD sonde_bad)", e.Message, StringComparison.Ordinal);
        Assert.NotNull(e.Log);
        Assert.DoesNotContain("processed", e.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_long_log_only_the_telling_lines_are_in_the_message()
    {
        var code = new BpfAssembler();
        for (int i = 0; i < 200; i++)
        {
            code.Move(R2, i);
        }

        code.Load(R0, R2, 0, BpfSize.Double).Exit();

        BpfRejectedException e = Assert.Throws<BpfRejectedException>(() => BpfProgram.Load(new BpfProgramSource("sonde_long", BpfProgramType.CgroupSkb, code.Build())));

        Assert.Contains("R2 invalid mem access 'scalar'", e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Log!.LeftOut, 150, 400);
        Assert.Contains($"({e.Log.LeftOut} lines before)", e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Message.Length, 50, 2000);
    }

    [Fact]
    public void Our_text_of_an_instruction_is_the_verifiers_own()
    {
        var before = new BpfAssembler();
        BpfLabel over = before.DefineLabel();
        before
            .Move(R3, 7).MoveWide(R4, 0x1122334455667788).Compute(BpfOperation.ShiftLeft, R4, 3).Compute32(BpfOperation.Xor, R4, R3)
            .Compute(BpfOperation.ShiftRightSigned, R4, 2).Negate(R4).SwapNetworkOrder(R3, 32).Compute(BpfOperation.Subtract, R4, -5)
            .Store(R10, -16, -3, BpfSize.Double).Store(R10, -16, R3, BpfSize.Half).Load(R5, R10, -16, BpfSize.Byte)
            .AtomicAdd(R10, -16, R4, BpfSize.Double).AtomicExchange(R10, -16, R4, BpfSize.Double)
            .JumpIf32(BpfCondition.SignedLess, R4, 100, over).JumpIf(BpfCondition.Greater, R4, R3, over).JumpIf(BpfCondition.AnyBit, R4, 16, over)
            .Mark(over);
        BpfProgramSource source = PidIterator.Source(before);
        string[] ours = [.. BpfText.Of(source.Instructions).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)];

        VerifierLog log = BpfProgram.Explain(source, level: 2);

        Dictionary<string, string> theirs = InstructionLine().Matches(log.Text)
            .GroupBy(match => match.Groups["number"].Value)
            .ToDictionary(group => group.Key, group => group.First().Value.Trim(), StringComparer.Ordinal);
        int compared = 0;
        foreach (string line in ours)
        {
            if (theirs.TryGetValue(line[..line.IndexOf(':', StringComparison.Ordinal)], out string? kernels))
            {
                Assert.Equal(kernels, line);
                compared++;
            }
        }

        Assert.InRange(compared, 25, ours.Length);
    }

    [Fact]
    public void The_kernel_tells_how_often_it_left_a_program_out_that_was_running_already()
    {
        // What writes to the kernel's log passes a tracepoint: a program there that writes to it comes by itself again.
        using BpfProgram inner = Writer("btf_trace_bpf_trace_printk"u8);
        using BpfLink innerLink = BpfLink.AttachTypedTracepoint(inner);
        Assert.Equal(0UL, BpfObjects.Describe(inner).Misses);
        using (BpfProgram outer = Writer("btf_trace_sock_send_length"u8))
        using (BpfLink.AttachTypedTracepoint(outer))
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            socket.SendTo(new byte[1], new IPEndPoint(IPAddress.Loopback, 9));
        }

        Assert.InRange(BpfObjects.Describe(inner).Misses, 1UL, ulong.MaxValue);

        static BpfProgram Writer(ReadOnlySpan<byte> tracepoint)
        {
            const BpfHelper WriteToLog = (BpfHelper)6; // bpf_trace_printk, which no program of the product calls
            using KernelBtf types = KernelBtf.Open();
            Assert.True(Btf.TryParse(types.Bytes, out Btf btf, out _));
            BpfInstruction[] code = new BpfAssembler()
                .Store(R10, -8, 's', BpfSize.Double) // a text of one letter
                .Move(R1, R10).Compute(BpfOperation.Add, R1, -8).Move(R2, 2).Call(WriteToLog)
                .Return(0)
                .Build();
            return BpfProgram.Load(new BpfProgramSource("sonde_again", BpfProgramType.Tracing, code) { AttachType = BpfAttachType.TracepointBtf, AttachBtfId = btf.Find(BtfKind.Typedef, tracepoint) });
        }
    }

    [Fact]
    public void The_kernel_lists_a_program_by_its_name()
    {
        using BpfProgram program = BpfProgram.Load(Counter(BpfProgramType.CgroupSkb, BpfAttachType.CgroupEgress));

        BpfProgramInfo info = BpfObjects.Describe(program);

        Assert.Equal((BpfProgramType.CgroupSkb, "sonde_counter", 0u), (info.Type, info.Name, info.CreatedByUserId));
        Assert.Contains(info.Id, BpfObjects.ProgramIds());
        Assert.Equal(info, BpfObjects.DescribeProgram(info.Id));
    }

    [Fact]
    public void Nothing_stays_in_the_kernel_when_all_is_disposed()
    {
        uint id;
        using (BpfProgram program = BpfProgram.Load(Counter(BpfProgramType.CgroupSkb, BpfAttachType.CgroupEgress)))
        {
            id = BpfObjects.Describe(program).Id;
        }

        // The kernel frees programs a moment after the last descriptor is closed.
        Assert.True(SpinWait.SpinUntil(() => BpfObjects.DescribeProgram(id) is null, TimeSpan.FromSeconds(20)));
    }

    private static FileDescriptor OpenCgroup()
    {
        string? root = new[] { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" }.FirstOrDefault(path => File.Exists(path + "/cgroup.procs") && File.Exists(path + "/cgroup.controllers"));
        Assert.SkipWhen(root is null, "no unified cgroup hierarchy is mounted");
        FileDescriptor fd = Interop.Linux.LibC.open(root!, Interop.Linux.LibC.O_RDONLY | Interop.Linux.LibC.O_CLOEXEC);
        Assert.False(fd.IsInvalid);
        return fd;
    }

    private static void Talk(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        using var client = new TcpClient(address.AddressFamily);
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        using TcpClient accepted = listener.AcceptTcpClient();
        client.Client.Send("hello"u8);
        Assert.Equal(5, accepted.Client.Receive(new byte[16]));
        using var udp = new UdpClient(new IPEndPoint(address, 0));
        udp.Send("hello"u8, (IPEndPoint)udp.Client.LocalEndPoint!);
    }

    // Lets everything pass: 1 for programs of cgroups.
    private BpfProgramSource Counter(BpfProgramType type, BpfAttachType attach) =>
        new("sonde_counter", type, new BpfAssembler().CountOne(_count, -8).Return(type == BpfProgramType.Tracing ? 0 : 1).Build()) { AttachType = attach };

    private long Count() => BpfRingReader.ReadLost(_count);

    [GeneratedRegex(@"^(?<number>\d+): \([0-9a-f]{2}\) [^;\n]*", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex InstructionLine();
}

internal static class ProgramTestExtensions
{
    /// <summary>Returns 1 whatever is in R0.</summary>
    internal static BpfAssembler JumpToOne(this BpfAssembler code) => code.Move(R0, 1).Exit();
}
