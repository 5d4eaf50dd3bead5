using System.Runtime.Versioning;
using Sonde.Host.Processes;
using Sonde.Host.Sockets.Assembly;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Packets;

namespace Sonde.Host.Sockets.Windows;

/// <summary>Sockets by the IP Helper tables: TCP and UDP with the process that made them and the time at which it did.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsSocketTable : SocketTable
{
    internal const string Name = "iphlpapi";

    // The most that are asked for at once before the bound of the options counts: a hundred thousand rows.
    private const int FirstBytes = 64 * 1024;

    private static readonly Reading<string> s_noName = Reading.NotCollected<string>("the tables name processes by their ids");
    private static readonly Reading<ProcessKey> s_noKey = Reading.NotCollected<ProcessKey>("the tables name processes by their ids");
    private static readonly Reading<int> s_noDescriptor = Reading.Unsupported<int>("Windows has no such thing");

    private readonly SocketTableOptions _options;
    private readonly WindowsSocketReasons _reasons = new();
    private readonly SocketSnapshotPool _pool;
    private readonly Win32Buffer _buffer = new(FirstBytes);
    private readonly FirstSightings<(FlowKey Flow, uint Owner, long Created)> _sightings = new();
    private readonly Dictionary<uint, Reading<IReadOnlyList<SocketOwner>>> _owners = [];
    private readonly Reading<IReadOnlyList<SocketOwner>> _nobody = Reading.None<IReadOnlyList<SocketOwner>>("the system names no process: it keeps the connection itself");
    private readonly Reading<IReadOnlyList<SocketOwner>> _notAsked = Reading.NotCollected<IReadOnlyList<SocketOwner>>("nobody asked for it");
    private readonly Reading<ProcessUser> _noUser = Reading.Unsupported<ProcessUser>("the tables of Windows do not tell: it is that of the process");

    internal WindowsSocketTable(SocketTableOptions options)
    {
        _options = options;
        _pool = new SocketSnapshotPool(_reasons);
    }

    public override string Backend => Name;

    /// <summary>Tries it.</summary>
    internal static BackendStatus CheckRung()
    {
        const string Provides = "TCP and UDP sockets with process and time of creation";
        try
        {
            IpHlpApi.GetTcpTable(IpHlpApi.AF_INET, new Win32Buffer(FirstBytes));
            return new BackendStatus(Part, Name, BackendState.Available, Provides, "GetExtendedTcpTable", "raw sockets are not in the tables, and UDP sockets have no peer there");
        }
        catch (NativeException refused)
        {
            return BackendStatus.From(Part, Name, Provides, HostException.From(refused));
        }
    }

    public override SocketSnapshot Read()
    {
        SocketSnapshot snapshot = _pool.Take();
        try
        {
            long begin = _options.Time.GetTimestamp();
            snapshot.Begin(Name, _options.Time.GetUtcNow(), begin);
            _sightings.Begin();
            List<Gap> gaps = ReadTables(snapshot);
            snapshot.Index(ownNamespace: 0);
            _sightings.End(snapshot.Count);
            Forget(snapshot.Count);
            snapshot.Complete(_options.Time.GetElapsedTime(begin), gaps);
            return snapshot;
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing is held open: each question opens and closes what it needs.
    }

    private List<Gap> ReadTables(SocketSnapshot snapshot)
    {
        var gaps = new List<Gap>();
        NativeException? refused = null;
        int answered = 0;
        long leftOut = 0;
        foreach ((SocketKind kind, bool isIPv6, string what) in (ReadOnlySpan<(SocketKind, bool, string)>)
            [(SocketKind.Tcp, false, "TCP over IPv4"), (SocketKind.Tcp, true, "TCP over IPv6"), (SocketKind.Udp, false, "UDP over IPv4"), (SocketKind.Udp, true, "UDP over IPv6")])
        {
            if ((_options.Kinds & (SocketKinds)(1 << (int)kind)) == SocketKinds.None)
            {
                continue;
            }

            try
            {
                ushort family = isIPv6 ? IpHlpApi.AF_INET6 : IpHlpApi.AF_INET;
                var rows = new WindowsSocketRows(kind == SocketKind.Tcp ? IpHlpApi.GetTcpTable(family, _buffer) : IpHlpApi.GetUdpTable(family, _buffer), kind, isIPv6);
                leftOut += Add(snapshot, ref rows);
                answered++;
                if (rows.Missing > 0)
                {
                    gaps.Add(new Gap("sockets", ReadingStatus.Failed, $"{what}: the system promised more rows than it gave", rows.Missing));
                }
            }
            catch (NativeException error)
            {
                refused ??= error;
                var failure = HostException.From(error);
                gaps.Add(new Gap("sockets", failure.Failure == HostFailure.AccessDenied ? ReadingStatus.Denied : ReadingStatus.Failed, $"{what}: {failure.Message}"));
            }
        }

        if (leftOut > 0)
        {
            gaps.Add(new Gap("sockets", ReadingStatus.Failed, "more than the bound allows: they were left out", leftOut));
        }

        return answered == 0 && refused is not null ? throw HostException.From(refused) : gaps;
    }

    private long Add(SocketSnapshot snapshot, ref WindowsSocketRows rows)
    {
        long leftOut = 0;
        while (rows.MoveNext())
        {
            if (snapshot.Count >= _options.MaxSockets)
            {
                leftOut++;
                continue;
            }

            SocketRecord record = snapshot.Add();
            record.Fill(rows.Sample, default, hasTcp: false, _reasons);
            record.SetContext(_noUser, _sightings.Of((record.Flow, rows.Owner, rows.Sample.Started), snapshot.Time));
            record.SetOwners(OwnersOf(record, rows.Owner), OwnerEvidence.SystemTable);
        }

        return leftOut;
    }

    private Reading<IReadOnlyList<SocketOwner>> OwnersOf(SocketRecord record, uint owner)
    {
        if (!_options.Owners || (_options.SelectOwners is { } select && !select(record)))
        {
            return _notAsked;
        }

        if (owner == 0)
        {
            return _nobody;
        }

        if (!_owners.TryGetValue(owner, out Reading<IReadOnlyList<SocketOwner>> owners))
        {
            owners = Reading.Ok<IReadOnlyList<SocketOwner>>([new SocketOwner(unchecked((int)owner), s_noName, s_noKey, s_noDescriptor)]);
            _owners.Add(owner, owners);
        }

        return owners;
    }

    private void Forget(int present)
    {
        if (_owners.Count > present + 1024)
        {
            _owners.Clear();
        }
    }
}
