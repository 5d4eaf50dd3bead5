using System.Globalization;
using System.Runtime.Versioning;
using Sonde.Host.Processes;
using Sonde.Host.Sockets.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Sockets.MacOS;

/// <summary>Sockets by net.inet.*.pcblist_n: both ends, state, user, bytes, round trips and the process that used them last, without any right.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSSocketTable(SocketTableOptions options)
    : ListedSocketTable<(SocketKind Kind, ulong Generation)>(options, new MacOSSocketReasons(), s_lists, OwnerEvidence.LastUse, "the lists do not tell")
{
    internal const string Name = "pcblist_n";

    private static readonly SocketList[] s_lists =
    [
        new(SocketKind.Tcp, "net.inet.tcp.pcblist_n"),
        new(SocketKind.Udp, "net.inet.udp.pcblist_n"),
        new(SocketKind.Raw, "net.inet.raw.pcblist_n"),
    ];

    private readonly Dictionary<uint, ProcessUser> _users = [];

    public override string Backend => Name;

    /// <summary>Tries it.</summary>
    internal static BackendStatus CheckRung()
    {
        const string Provides = "TCP, UDP and raw sockets with bytes, round trips, user and the process that used them last";
        try
        {
            Sysctl.ReadTable(s_lists[0].Name);
            return new BackendStatus(Part, Name, BackendState.Available, Provides, $"sysctl({s_lists[0].Name})", "the process named is the last user of a socket, which need not be the only one");
        }
        catch (NativeException refused)
        {
            return BackendStatus.From(Part, Name, Provides, HostException.From(refused));
        }
    }

    private protected override void Read(SocketList list, SocketSnapshot snapshot, List<Gap> gaps)
    {
        var records = new PcbRecords(Sysctl.ReadTable(list.Name).Span, list.Kind);
        while (records.MoveNext())
        {
            Add(snapshot, records.Sample, records.Tcp, records.HasTcp, (list.Kind, records.Generation), records.Owner);
        }

        if (records.IsTorn)
        {
            gaps.Add(new Gap("sockets", ReadingStatus.Failed, $"sysctl({list.Name}): the list ends at bytes that could not be understood"));
        }
    }

    private protected override Reading<ProcessUser> UserOf(SocketRecord record)
    {
        if (!record.UserId.TryGetValue(out uint id))
        {
            return new Reading<ProcessUser>(record.UserId.Status, default, record.UserId.Reason);
        }

        if (!_users.TryGetValue(id, out ProcessUser? user))
        {
            user = new ProcessUser(id.ToString(CultureInfo.InvariantCulture), Reading.NotCollected<string>("names of users are not looked up here"));
            _users.Add(id, user);
        }

        return user;
    }
}
