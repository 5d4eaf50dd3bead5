using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux.Bpf;
using Sonde.Interop.Unix;
using Sonde.Traffic.Attribution;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>The socket plane: programs on the root control group count every packet of every socket of the host, all containers included.</summary>
/// <remarks>
/// Flows are counted into one of two tables. Reading exchanges them: once the kernel has put the other one in place no program writes to the first
/// any more, and it is read and emptied at leisure, so that every byte is told once and none is lost between.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class BpfTrafficSource : TrafficSource
{
    private readonly List<IDisposable> _open = [];
    private readonly BpfMap[] _flows;
    private readonly BpfMapScan[] _scans;
    private readonly BpfMap _holder;
    private readonly BpfMap _overflow;
    private readonly KernelOwners _owners;
    private TrafficCounters _overflowed;
    private ulong _ownNamespace;
    private int _filling;
    private long _lastFlows;
    private long _mostFlows;

    private BpfTrafficSource(TrafficOptions options)
    {
        try
        {
            _flows = [CreateFlows("sonde_flows_a", options), CreateFlows("sonde_flows_b", options)];
            _scans = [.. _flows.Select(static map => new BpfMapScan(map, 1024, take: true))];
            _holder = Keep(BpfMap.CreateHolder("sonde_flows", _flows[0]));
            _overflow = Keep(BpfMap.Create(BpfMapType.PerCpuArray, "sonde_overflow", sizeof(uint), KernelFlow.CountersSize, 1));
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

    /// <summary>What this kernel lacks for a full answer.</summary>
    internal IReadOnlyList<string> Missing { get; private set; } = [];

    // Since 5.19 a descriptor is enough to read a table; before that kernel.unprivileged_bpf_disabled asks for the right again.
    internal override IReadOnlyList<string> RightsInUse => [.. base.RightsInUse, "CAP_BPF", "CAP_PERFMON"];

    internal override ulong OwnNamespace => _ownNamespace;

    internal override double Fullness => (double)_lastFlows / _flows[0].MaxEntries;

    /// <summary>Loads the programs and attaches them; from here on everything is counted.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static BpfTrafficSource Open(TrafficOptions options, CgroupMount mount)
    {
        var source = new BpfTrafficSource(options);
        try
        {
            using FileDescriptor cgroup = Interop.Linux.LibC.open(mount.Path, Interop.Linux.LibC.O_RDONLY | Interop.Linux.LibC.O_CLOEXEC);
            if (cgroup.IsInvalid)
            {
                throw new NativeException($"open({mount.Path})", NativeError.LastErrno());
            }

            source.Attach(cgroup);
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
        int full = _filling;
        _filling = 1 - _filling;
        _holder.Exchange(_flows[_filling]);

        long flows = 0;
        BpfMapScan scan = _scans[full];
        scan.Reset();
        while (scan.MoveNext())
        {
            flows += scan.Count;
            for (int i = 0; i < scan.Count; i++)
            {
                sink.Count(KernelFlow.Read(scan.Key(i), scan.Value(i)));
            }
        }

        _lastFlows = flows;
        _mostFlows = Math.Max(_mostFlows, flows);
        DrainOverflow(sink);
    }

    internal override void Report(ICollection<TrafficLoss> losses, ICollection<FillLevel> fillLevels)
    {
        losses.Add(new TrafficLoss("packets beyond the kernel's table of flows (counted, but of no flow)", _overflowed.Packets, _overflowed.Bytes));
        fillLevels.Add(new FillLevel("kernel flows", _mostFlows, _flows[0].MaxEntries, 0));
        fillLevels.Add(_owners.Fill());
        _mostFlows = 0;
    }

    protected override void Dispose(bool disposing) => Close();

    private BpfMap CreateFlows(string name, TrafficOptions options) =>
        Keep(BpfMap.Create(BpfMapType.Hash, name, KernelFlow.KeySize, KernelFlow.ValueSize, options.MaxKernelFlows));

    private void DrainOverflow(ITrafficSink sink)
    {
        Span<byte> values = stackalloc byte[KernelFlow.CountersSize];
        byte[] all = new byte[_overflow.ValueSize];
        if (!_overflow.TryLookup([0, 0, 0, 0], all))
        {
            return;
        }

        TrafficCounters sum = default;
        for (int at = 0; at < all.Length; at += values.Length)
        {
            sum += KernelFlow.ReadCounters(all.AsSpan(at));
        }

        if (sum != _overflowed)
        {
            sink.CountOverflow(sum - _overflowed);
            _overflowed = sum;
        }
    }

    // Owners first: a socket whose first packet is counted is known by then.
    private void Attach(FileDescriptor cgroup)
    {
        var missing = new List<string>();
        using (KernelBtf? bytes = OpenBtf(missing))
        {
            Btf btf = default;
            bool hasTypes = bytes is not null && Btf.TryParse(bytes.Bytes, out btf, out _);
            TaskOffsets? task = hasTypes ? TaskOffsets.Find(in btf) : null;
            AttachOwnerHooks(cgroup, task, missing);
            if (task is not null)
            {
                AttachTracepoints(in btf, task, missing);
            }
        }

        AttachCounters(cgroup);
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

    private void AttachTracepoints(in Btf btf, TaskOffsets task, List<string> missing)
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
        if (TryAttach(sent, Users, id => OwnerProgram.ForTracepoint("sonde_sent", id, _owners, task, socket, withFrames: true), missing))
        {
            TryAttach(received, Users, id => OwnerProgram.ForTracepoint("sonde_received", id, _owners, task, socket, withFrames: false), missing);
        }

        TryAttach(sent, "frames that processes write themselves (AF_PACKET)", id => FrameProgram.Write(id, socket, _holder, _overflow), missing);
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
            Keep(BpfLink.AttachTypedTracepoint(Keep(BpfProgram.Load(write(btfId)))));
            return true;
        }
        catch (NativeException e)
        {
            missing.Add($"{what}: {e.Message}");
            return false;
        }
    }

    private void AttachCounters(FileDescriptor cgroup)
    {
        bool hasNamespaceCookie = true;
        foreach (bool isEgress in (ReadOnlySpan<bool>)[true, false])
        {
            BpfProgram program;
            try
            {
                program = Keep(BpfProgram.Load(FlowProgram.Write(isEgress, _holder, _overflow, hasNamespaceCookie)));
            }
            catch (BpfRejectedException e) when (hasNamespaceCookie && e.Error.Code is not Interop.Unix.LibC.EPERM)
            {
                // Kernels before 6.15 do not tell these programs the namespace.
                hasNamespaceCookie = false;
                program = Keep(BpfProgram.Load(FlowProgram.Write(isEgress, _holder, _overflow, hasNamespaceCookie)));
            }

            AttachToCgroup(program, cgroup, isEgress ? BpfAttachType.CgroupEgress : BpfAttachType.CgroupIngress);
        }

        _ownNamespace = hasNamespaceCookie ? NamespaceCookie.Own() : 0;
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
