using System.Diagnostics;
using System.Runtime.Versioning;
using Sonde.Host.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Interfaces.Windows;

/// <summary>Interfaces by the IP Helper functions: adapters, the interface table, the routing tables, change notifications.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsNetworkInterfaces(TimeProvider time) : NetworkInterfaces
{
    internal const string BackendName = "iphlpapi";

    // Room for some twenty adapters; it grows once and is kept.
    private readonly Win32Buffer _buffer = new(16 * 1024);
    private MibChangeWatch? _changes;
    private NativeException? _noChanges;
    private bool _disposed;

    public override string Backend => BackendName;

    public override InterfaceSnapshot Collect()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);

        // Before the first picture is taken: what changes between it and the first wait would be lost otherwise.
        StartWatch();

        var gaps = new List<Gap>();
        AdapterList list;
        try
        {
            list = AdapterList.Parse(IpHlpApi.GetAdaptersAddresses(_buffer));
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        if (list.Skipped > 0)
        {
            gaps.Add(new Gap("adapter addresses", ReadingStatus.Failed, "entries that could not be understood", list.Skipped));
        }

        List<DefaultRoute> routes = [.. ReadRoutes(IpHlpApi.AF_INET, "IPv4 routes", gaps), .. ReadRoutes(IpHlpApi.AF_INET6, "IPv6 routes", gaps)];
        using MibTable? table = ReadInterfaceTable(gaps);
        long timestamp = time.GetTimestamp();
        List<NetworkInterface> interfaces = Join(list.Adapters, table is null ? default : table.Rows<MIB_IF_ROW2>(), routes);
        interfaces.Sort(static (left, right) => left.Index.CompareTo(right.Index));
        return new InterfaceSnapshot(BackendName, timestamp, interfaces, gaps);
    }

    public override InterfaceChange WaitForChange(TimeSpan timeout, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        StartWatch();
        if (_changes is null)
        {
            throw HostException.From(_noChanges!); // one of the two is set by StartWatch
        }

        using var stop = (WindowsStopSignal)StopSignal.Create(cancellationToken);
        WaitHandle[] handles = [stop.Waitable, _changes.Waitable];
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            int milliseconds = Timeout.Infinite;
            if (timeout >= TimeSpan.Zero)
            {
                TimeSpan left = timeout - Stopwatch.GetElapsedTime(started);
                milliseconds = (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 0, int.MaxValue);
            }

            int signalled = WaitHandle.WaitAny(handles, milliseconds);
            cancellationToken.ThrowIfCancellationRequested();
            InterfaceChange change = Translate(_changes.Take());
            if (change != InterfaceChange.None || signalled == WaitHandle.WaitTimeout)
            {
                return change;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            _changes?.Dispose();
        }
    }

    private static InterfaceChange Translate(MibChange told)
    {
        InterfaceChange change = InterfaceChange.None;
        change |= (told & MibChange.Interface) != MibChange.None ? InterfaceChange.Links : InterfaceChange.None;
        change |= (told & MibChange.Address) != MibChange.None ? InterfaceChange.Addresses : InterfaceChange.None;
        change |= (told & MibChange.Route) != MibChange.None ? InterfaceChange.Routes : InterfaceChange.None;
        return change;
    }

    private static List<NetworkInterface> Join(
        IReadOnlyList<Adapter> adapters,
        ReadOnlySpan<MIB_IF_ROW2> rows,
        List<DefaultRoute> routes)
    {
        var byLuid = new Dictionary<ulong, int>(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            byLuid.TryAdd(rows[i].InterfaceLuid, i);
        }

        var interfaces = new List<NetworkInterface>(adapters.Count);
        foreach (Adapter adapter in adapters)
        {
            Reading<MIB_IF_ROW2> row = byLuid.Remove(adapter.Luid, out int at) ? rows[at] : AskForRow(adapter);
            interfaces.Add(InterfaceBuilder.FromAdapter(adapter, row, routes));
        }

        foreach (int at in byLuid.Values)
        {
            if (InterfaceBuilder.IsCard(in rows[at]))
            {
                interfaces.Add(InterfaceBuilder.FromRow(in rows[at]));
            }
        }

        return interfaces;
    }

    // The table lacks it: it could not be read, or the adapter came after it was.
    private static Reading<MIB_IF_ROW2> AskForRow(Adapter adapter)
    {
        try
        {
            IpHlpApi.GetIfEntry2(adapter.Luid, adapter.Index, out MIB_IF_ROW2 row);
            return row;
        }
        catch (NativeException refused)
        {
            return Win32Reading.From<MIB_IF_ROW2>(refused);
        }
    }

    private static MibTable? ReadInterfaceTable(List<Gap> gaps)
    {
        try
        {
            return IpHlpApi.GetIfTable2();
        }
        catch (NativeException refused)
        {
            gaps.Add(Win32Reading.GapOf("interface table", refused));
            return null;
        }
    }

    private static List<DefaultRoute> ReadRoutes(ushort family, string what, List<Gap> gaps)
    {
        try
        {
            using MibTable table = IpHlpApi.GetIpForwardTable2(family);
            return DefaultRoute.Select(table.Rows<MIB_IPFORWARD_ROW2>());
        }
        catch (NativeException refused)
        {
            gaps.Add(Win32Reading.GapOf(what, refused));
            return [];
        }
    }

    private void StartWatch()
    {
        if (_changes is not null || _noChanges is not null)
        {
            return;
        }

        try
        {
            _changes = MibChangeWatch.Start();
        }
        catch (NativeException refused)
        {
            // Only who waits for changes needs to know; a single picture can be taken without.
            _noChanges = refused;
        }
    }
}
