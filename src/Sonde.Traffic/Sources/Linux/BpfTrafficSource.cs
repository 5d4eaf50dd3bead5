using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux.Bpf;
using Sonde.Interop.Unix;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>The socket plane: programs on the root control group count every packet of every socket of the host, all containers included.</summary>
[SupportedOSPlatform("linux")]
internal sealed class BpfTrafficSource : TrafficSource
{
    private readonly List<IDisposable> _open = [];
    private readonly List<BpfProgram> _tracing = [];
    private readonly KernelOwners _owners;
    private ulong _ownNamespace;

    private BpfTrafficSource(TrafficOptions options)
    {
        try
        {
            Flows = Keep(new KernelFlows(options));
            _owners = Keep(new KernelOwners(options));
        }
        catch
        {
            Close();
            throw;
        }
    }

    internal override TrafficBackend Backend => TrafficBackend.Bpf;

    internal override OwnerSource Owners => _owners;

    /// <summary>Where the programs count.</summary>
    internal KernelFlows Flows { get; } = null!; // the constructor fills it or throws

    /// <summary>What this kernel lacks for a full answer.</summary>
    internal IReadOnlyList<string> Missing { get; private set; } = [];

    // Since 5.19 a descriptor is enough to read a table; before that kernel.unprivileged_bpf_disabled asks for the right again.
    internal override IReadOnlyList<string> RightsInUse => [.. base.RightsInUse, "CAP_BPF", "CAP_PERFMON"];

    internal override ulong OwnNamespace => _ownNamespace;

    internal override double Fullness => Flows.Fullness;

    /// <summary>Loads the programs and attaches them; from here on everything is counted.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static BpfTrafficSource Open(TrafficOptions options, CgroupMount mount) => Open(options, mount, CountingMeans.All);

    /// <summary>As <see cref="Open(TrafficOptions, CgroupMount)"/>, with the first of these means that this kernel has.</summary>
    internal static BpfTrafficSource Open(TrafficOptions options, CgroupMount mount, ReadOnlySpan<CountingMeans> means)
    {
        var source = new BpfTrafficSource(options);
        try
        {
            using FileDescriptor cgroup = Interop.Linux.LibC.open(mount.Path, Interop.Linux.LibC.O_RDONLY | Interop.Linux.LibC.O_CLOEXEC);
            if (cgroup.IsInvalid)
            {
                throw new NativeException($"open({mount.Path})", NativeError.LastErrno());
            }

            source.Attach(cgroup, means);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    internal override void Drain(ITrafficSink sink)
    {
        Flows.Drain(sink);
        _owners.Forget();
    }

    internal override void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
    {
        Flows.Report(losses, fillLevels);
        losses.Add(new TrafficLoss(
            "uses of sockets and ends of processes that came while another was noted on the same processor (not noted; frames of AF_PACKET not counted)",
            _tracing.Sum(static program => (long)BpfObjects.Describe(program).Misses)));
        fillLevels.Add(_owners.Fill());
    }

    protected override void Dispose(bool disposing) => Close();

    // Owners first: a socket whose first packet is counted is known by then.
    private void Attach(FileDescriptor cgroup, ReadOnlySpan<CountingMeans> offers)
    {
        var missing = new List<string>();
        (BpfProgram egress, BpfProgram ingress, CountingMeans means) = LoadCounters(offers);
        using (KernelBtf? bytes = OpenBtf(missing))
        {
            Btf btf = default;
            bool hasTypes = bytes is not null && Btf.TryParse(bytes.Bytes, out btf, out _);
            TaskOffsets? task = hasTypes ? TaskOffsets.Find(in btf) : null;
            AttachOwnerHooks(cgroup, task, missing);
            if (task is not null)
            {
                AttachTracepoints(in btf, task, means.Gathers, missing);
            }
        }

        AttachToCgroup(egress, cgroup, BpfAttachType.CgroupEgress);
        AttachToCgroup(ingress, cgroup, BpfAttachType.CgroupIngress);
        _ownNamespace = means.HasNamespaceCookie ? NamespaceCookie.Own() : 0;
        Missing = missing;
    }

    private static KernelBtf? OpenBtf(List<string> missing)
    {
        try
        {
            return KernelBtf.Open();
        }
        catch (NativeException e)
        {
            missing.Add($"the kernel's types ({e.Message}): starts of processes, users of accepted connections");
            return null;
        }
    }

    private void AttachOwnerHooks(FileDescriptor cgroup, TaskOffsets? task, List<string> missing)
    {
        foreach ((string name, BpfProgramType type, BpfAttachType attach) in (ReadOnlySpan<(string, BpfProgramType, BpfAttachType)>)
            [
                ("sonde_create", BpfProgramType.CgroupSock, BpfAttachType.CgroupSockCreate),
                ("sonde_bind4", BpfProgramType.CgroupSock, BpfAttachType.CgroupPostBind4),
                ("sonde_bind6", BpfProgramType.CgroupSock, BpfAttachType.CgroupPostBind6),
                ("sonde_connect4", BpfProgramType.CgroupSockAddress, BpfAttachType.CgroupConnect4),
                ("sonde_connect6", BpfProgramType.CgroupSockAddress, BpfAttachType.CgroupConnect6),
                ("sonde_send4", BpfProgramType.CgroupSockAddress, BpfAttachType.CgroupSendMessage4),
                ("sonde_send6", BpfProgramType.CgroupSockAddress, BpfAttachType.CgroupSendMessage6),
            ])
        {
            try
            {
                AttachToCgroup(LoadOwner(name, type, attach, task), cgroup, attach);
            }
            catch (NativeException e) when (e.Error.Code is not Interop.Unix.LibC.EPERM)
            {
                missing.Add(e.Message);
            }
        }
    }

    // The kernel's structs are no stable interface: what the verifier refuses with them may do without.
    private BpfProgram LoadOwner(string name, BpfProgramType type, BpfAttachType attach, TaskOffsets? task)
    {
        if (task is not null)
        {
            try
            {
                return Keep(BpfProgram.Load(OwnerProgram.ForCgroup(name, type, attach, _owners, task)));
            }
            catch (BpfRejectedException e) when (e.Error.Code is not Interop.Unix.LibC.EPERM)
            {
                // Said below by what then works: the thread's name, and no start.
            }
        }

        return Keep(BpfProgram.Load(OwnerProgram.ForCgroup(name, type, attach, _owners, null)));
    }

    private void AttachTracepoints(in Btf btf, TaskOffsets task, bool gathers, List<string> missing)
    {
        TryAttach(btf.Find(BtfKind.Typedef, "btf_trace_sched_process_exit"u8), "last names of processes that execute another program after they connected", id => LastNameProgram.Write(id, task, _owners.LastNames), missing);
        if (SocketFields.Find(in btf) is not { } socket)
        {
            missing.Add("the kernel's struct sock has no family: users of accepted connections are looked up instead of seen; frames that processes write themselves are not counted");
            return;
        }

        uint sent = btf.Find(BtfKind.Typedef, "btf_trace_sock_send_length"u8);
        uint received = btf.Find(BtfKind.Typedef, "btf_trace_sock_recv_length"u8);
        const string Users = "users of accepted connections (they are looked up instead of seen)";
        if (TryAttach(sent, $"{Users}; frames that processes write themselves (AF_PACKET)", id => OwnerProgram.ForTracepoint("sonde_sent", id, _owners, task, socket, Frames), missing))
        {
            TryAttach(received, Users, id => OwnerProgram.ForTracepoint("sonde_received", id, _owners, task, socket, null), missing);
        }

        void Frames(BpfAssembler code, int top) => FrameCounting.Write(code, top, socket, Flows, gathers);
    }

    private bool TryAttach(uint btfId, string what, Func<uint, BpfProgramSource> write, List<string> missing)
    {
        if (btfId == 0)
        {
            missing.Add($"{what}: this kernel has no such tracepoint (Linux 6.3 has)");
            return false;
        }

        try
        {
            BpfProgram program = Keep(BpfProgram.Load(write(btfId)));
            Keep(BpfLink.AttachTypedTracepoint(program));
            _tracing.Add(program);
            return true;
        }
        catch (NativeException e)
        {
            missing.Add($"{what}: {e.Message}");
            return false;
        }
    }

    // What the kernel refuses for lack of something may do without it.
    private (BpfProgram Egress, BpfProgram Ingress, CountingMeans Means) LoadCounters(ReadOnlySpan<CountingMeans> offers)
    {
        for (int i = 0; ; i++)
        {
            CountingMeans means = offers[i];
            try
            {
                BpfProgram egress = Keep(BpfProgram.Load(FlowProgram.Write(isEgress: true, Flows, means)));
                return (egress, Keep(BpfProgram.Load(FlowProgram.Write(isEgress: false, Flows, means))), means);
            }
            catch (BpfRejectedException e) when (i + 1 < offers.Length && e.Error.Code is not Interop.Unix.LibC.EPERM)
            {
                // Said by what then works; the last one's refusal is told.
            }
        }
    }

    private void AttachToCgroup(BpfProgram program, FileDescriptor cgroup, BpfAttachType type) => Keep(BpfLink.AttachToCgroup(program, cgroup, type));

    private T Keep<T>(T resource)
        where T : IDisposable
    {
        _open.Add(resource);
        return resource;
    }

    // Links before programs before tables.
    private void Close()
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            _open[i].Dispose();
        }

        _open.Clear();
    }
}
