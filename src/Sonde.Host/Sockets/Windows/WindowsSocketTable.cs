using System.Runtime.Versioning;
using Sonde.Host.Processes;
using Sonde.Host.Sockets.Assembly;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Packets;

namespace Sonde.Host.Sockets.Windows;

/// <summary>Sockets by the IP Helper tables: TCP and UDP with the process that made them and the time at which it did.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsSocketTable(SocketTableOptions options)
    : ListedSocketTable<(FlowKey Flow, uint Owner, long Created)>(options, new WindowsSocketReasons(), s_tables, OwnerEvidence.SystemTable, "Windows has no such thing")
{
    internal const string Name = "iphlpapi";

    // The most that are asked for at once before the bound of the options counts: a hundred thousand rows.
    private const int FirstBytes = 64 * 1024;

    private static readonly SocketList[] s_tables =
    [
        new(SocketKind.Tcp, "TCP over IPv4"),
        new(SocketKind.Tcp, "TCP over IPv6", IsIPv6: true),
        new(SocketKind.Udp, "UDP over IPv4"),
        new(SocketKind.Udp, "UDP over IPv6", IsIPv6: true),
    ];

    private readonly Win32Buffer _buffer = new(FirstBytes);
    private readonly Reading<ProcessUser> _noUser = Reading.Unsupported<ProcessUser>("the tables of Windows do not tell: it is that of the process");

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

    private protected override void Read(SocketList list, SocketSnapshot snapshot, List<Gap> gaps)
    {
        ushort family = list.IsIPv6 ? IpHlpApi.AF_INET6 : IpHlpApi.AF_INET;
        var rows = new WindowsSocketRows(list.Kind == SocketKind.Tcp ? IpHlpApi.GetTcpTable(family, _buffer) : IpHlpApi.GetUdpTable(family, _buffer), list.Kind, list.IsIPv6);
        while (rows.MoveNext())
        {
            SocketSample sample = rows.Sample;
            var flow = new FlowKey(sample.Protocol, sample.Local, sample.Remote);
            Add(snapshot, sample, default, hasTcp: false, (flow, rows.Owner, sample.Started), (unchecked((int)rows.Owner), 0));
        }

        if (rows.Missing > 0)
        {
            gaps.Add(new Gap("sockets", ReadingStatus.Failed, $"{list.Name}: the system promised more rows than it gave", rows.Missing));
        }
    }

    private protected override Reading<ProcessUser> UserOf(SocketRecord record) => _noUser;

    private protected override string WhyRefused(SocketList list, HostException refused) => $"{list.Name}: {refused.Message}";
}
