using System.Runtime.Versioning;
using Sonde.Host.Sockets.Assembly;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Sockets.Linux;

/// <summary>Sockets by sock_diag(7): a dump per family and protocol, with everything that the kernel knows of each.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxDiagSocketTable : LinuxSocketTable
{
    internal const string Name = "sock_diag";

    // A dump that the kernel broke off is asked for again; a table that is too busy for that is reported as it was last seen, with a gap.
    private const int MaxDumps = 4;

    private const int SysPtrace = 19; // CAP_SYS_PTRACE

    private static readonly (SocketKinds Kind, byte Protocol, string Operation)[] s_protocols =
    [
        (SocketKinds.Tcp, InetDiag.IPPROTO_TCP, "sock_diag(TCP)"),
        (SocketKinds.Udp, InetDiag.IPPROTO_UDP, "sock_diag(UDP)"),
        (SocketKinds.Raw, InetDiag.IPPROTO_RAW, "sock_diag(RAW)"),
        (SocketKinds.UdpLite, InetDiag.IPPROTO_UDPLITE, "sock_diag(UDPLITE)"),
        (SocketKinds.Sctp, InetDiag.IPPROTO_SCTP, "sock_diag(SCTP)"),
    ];

    private readonly List<DiagTable> _tables = [];
    private readonly List<ProcNetTable> _files = [];
    private readonly NetlinkSocket _netlink;
    private readonly NamespaceChannels? _others;
    private readonly CongestionNames _names = new();
    private readonly NetlinkMessageHandler _handler;
    private SocketSnapshot? _target;
    private DiagTable? _current;
    private ulong _currentNamespace;
    private int _unreadable;

    private LinuxDiagSocketTable(SocketTableOptions options, NetlinkSocket netlink, SocketOwnerWalk walk, ulong ownNamespace)
        : base(options, Name, walk, ownNamespace)
    {
        _netlink = netlink;
        _handler = Take;
        foreach ((SocketKinds kind, byte protocol, string operation) in s_protocols)
        {
            if ((options.Kinds & kind) != SocketKinds.None)
            {
                _tables.Add(new DiagTable(kind, Netlink.AF_INET, protocol, operation, options.Statistics));
                _tables.Add(new DiagTable(kind, Netlink.AF_INET6, protocol, operation, options.Statistics));
            }
        }

        // Ping sockets have no sock_diag.
        _files.AddRange(ProcNetTable.Of(options.Kinds & SocketKinds.Ping));
        _others = options.OtherNamespaces ? new NamespaceChannels(Files, options, ownNamespace) : null;
    }

    public override string Backend => Name;

    /// <summary>Opens it and tries a dump, which a sandbox may refuse where it allows the socket.</summary>
    /// <exception cref="HostException">The system refused.</exception>
    internal static LinuxDiagSocketTable OpenAndTry(SocketTableOptions options)
    {
        NetlinkSocket netlink;
        try
        {
            netlink = NetlinkSocket.Open(InetDiag.NETLINK_SOCK_DIAG);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        try
        {
            Try(netlink);
            (SocketOwnerWalk walk, ulong own) = OpenProc(options);
            return new LinuxDiagSocketTable(options, netlink, walk, own);
        }
        catch (NativeException refused)
        {
            netlink.Dispose();
            throw HostException.From(refused);
        }
        catch
        {
            netlink.Dispose();
            throw;
        }
    }

    /// <summary>Tries it: a socket and the TCP sockets in a state that none is in.</summary>
    internal static BackendStatus CheckRung()
    {
        const string Provides = "every socket with TCP's own figures, queues, memory and cookies; owners by descriptors";
        try
        {
            using var netlink = NetlinkSocket.Open(InetDiag.NETLINK_SOCK_DIAG);
            Try(netlink);
            bool seesAll = (CapabilitySets.Read().Effective >> SysPtrace & 1) != 0;
            return new BackendStatus(
                Part,
                Name,
                BackendState.Available,
                Provides,
                "sock_diag(TCP)",
                seesAll ? null : "of sockets of other users: not the process",
                MissingRights: seesAll ? [] : ["CAP_SYS_PTRACE"]);
        }
        catch (NativeException refused)
        {
            return BackendStatus.From(Part, Name, Provides, HostException.From(refused));
        }
    }

    private protected override void ReadTables(SocketSnapshot snapshot, List<Gap> gaps)
    {
        _target = snapshot;
        _unreadable = 0;
        if (ReadNamespace(_netlink, OwnNamespace, gaps) is { } refused)
        {
            throw HostException.From(refused);
        }

        foreach (ProcNetTable file in _files)
        {
            _ = ReadProcTable(file, OwnNamespace, snapshot, gaps); // absent where the kernel has no such sockets
        }

        if (_others is not null)
        {
            foreach ((ulong networkNamespace, NetlinkSocket netlink) in _others.Open(gaps))
            {
                if (ReadNamespace(netlink, networkNamespace, gaps) is { } error)
                {
                    gaps.Add(new Gap("sockets of other network namespaces", ReadingStatus.Failed, HostException.From(error).Message));
                }
            }
        }

        if (_unreadable > 0)
        {
            gaps.Add(new Gap("sockets", ReadingStatus.Failed, "messages of the kernel that could not be understood", _unreadable));
        }
    }

    // Returns why none of the tables could be read, or null.
    private NativeException? ReadNamespace(NetlinkSocket netlink, ulong networkNamespace, List<Gap> gaps)
    {
        _currentNamespace = networkNamespace;
        NativeException? refused = null;
        bool isAnyRead = false;
        foreach (DiagTable table in _tables)
        {
            if (table.IsAbsent)
            {
                continue;
            }

            try
            {
                Dump(netlink, table, gaps);
                isAnyRead = true;
            }
            catch (NativeException error)
            {
                refused ??= error;
                Refuse(table, error, gaps);
            }
        }

        return isAnyRead ? null : refused;
    }

    protected override void Dispose(bool disposing)
    {
        _netlink.Dispose();
        _others?.Dispose();
        base.Dispose(disposing);
    }

    private static void Try(NetlinkSocket netlink) =>
        netlink.Dump(new DiagTable(SocketKinds.Tcp, Netlink.AF_INET, InetDiag.IPPROTO_TCP, "sock_diag(TCP)", statistics: false, states: 0).Request, "sock_diag(TCP)", static (_, _) => { });

    // ENOENT: the kernel has no sock_diag for the protocol, often because it has no such protocol; then there is no file of it either.
    private void Refuse(DiagTable table, NativeException error, List<Gap> gaps)
    {
        if (error.Error.Code is Interop.Unix.LibC.ENOENT or Netlink.EPROTONOSUPPORT)
        {
            table.IsAbsent = true;
            _files.AddRange(ProcNetTable.Of(table.Kind).Where(file => file.IsIPv6 == table.IsIPv6)); // read after the tables, now and from now on
            return;
        }

        var failure = HostException.From(error);
        gaps.Add(new Gap("sockets", failure.Failure == HostFailure.AccessDenied ? ReadingStatus.Denied : ReadingStatus.Failed, failure.Message));
    }

    private void Dump(NetlinkSocket netlink, DiagTable table, List<Gap> gaps)
    {
        SocketSnapshot snapshot = _target!; // set by the caller
        _current = table;
        int before = snapshot.Count;
        long leftOut = LeftOut;
        for (int dump = 1; ; dump++)
        {
            try
            {
                if (netlink.Dump(table.Request, table.Operation, _handler))
                {
                    return;
                }

                if (dump == MaxDumps)
                {
                    gaps.Add(new Gap("sockets", ReadingStatus.Failed, $"{table.Operation}: the table changed during each of {MaxDumps} readings: entries may be missing or double"));
                    return;
                }
            }
            catch (NativeException lost) when (lost.Error.Code == Netlink.ENOBUFS && dump < MaxDumps)
            {
                // What the kernel dropped is asked for again, below.
            }

            snapshot.CutTo(before);
            LeftOut = leftOut;
        }
    }

    private void Take(ushort type, ReadOnlySpan<byte> payload)
    {
        if (type == InetDiag.SOCK_DIAG_BY_FAMILY
            && InetDiagMessage.TryParse(payload, _current!.Protocol, _currentNamespace, _names, out SocketSample sample, out TcpSample tcp, out bool hasTcp)) // set while a dump runs
        {
            Add(_target!, sample, tcp, hasTcp); // set while a dump runs
        }
        else
        {
            _unreadable++;
        }
    }
}
