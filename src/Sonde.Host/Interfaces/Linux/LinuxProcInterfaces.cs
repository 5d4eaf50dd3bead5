using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Sonde.Host.Resolvers.Linux;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>Interfaces without netlink: names, counters, IPv6 addresses and routes from /proc, the rest by ioctls on an unconnected socket.</summary>
/// <remarks>
/// It sees less than rtnetlink and says so in readings and gaps. The system sends it no notifications: <see cref="WaitForChange"/> looks again
/// once a second (sooner when its time is shorter) and compares with what it, or <see cref="Collect"/>, saw last. It notices links that come, go,
/// or change index, flags or MTU; addresses that come or go, and state changes of IPv6 ones; default routes. What changes back in between is missed.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class LinuxProcInterfaces : NetworkInterfaces
{
    internal const string Name = "procfs";

    private const string NotHere = "only rtnetlink tells it";
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly ProcNetFiles _files;
    private readonly LinuxNameResolvers _resolvers;
    private readonly Gap? _higher;
    private readonly InterfaceSocket _socket;
    private readonly string? _namespace;
    private ProcState? _last;

    /// <summary>Opens a socket and tries what everything else hangs on: the list of interfaces and the index of one.</summary>
    /// <param name="files">The network files of /proc.</param>
    /// <param name="resolvers">Who knows the name servers.</param>
    /// <param name="higher">Why a better backend does not serve; every snapshot repeats it.</param>
    /// <exception cref="HostException">The system refused.</exception>
    internal LinuxProcInterfaces(ProcNetFiles files, LinuxNameResolvers resolvers, Gap? higher)
    {
        _files = files;
        _resolvers = resolvers;
        _higher = higher;
        try
        {
            _socket = InterfaceSocket.Open();
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }

        try
        {
            _namespace = files.ReadNamespace();
            foreach (ProcNetDev.Entry entry in ProcNetDev.Parse(files.Read("dev", [])).Entries)
            {
                if (ProcLink.ReadIdentity(_socket, entry.Name).HasValue)
                {
                    break;
                }
            }
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public override string Backend => Name;

    /// <summary>Tries it as the constructor does.</summary>
    internal static BackendStatus CheckRung(ProcNetFiles files)
    {
        const string Provides = "links, addresses, default routes and counters, where netlink is refused or absent";
        const string Missing = "without rtnetlink: no kinds of virtual links, no lower and upper links, no IPv4 scopes, no lifetimes, changes seen once a second";
        try
        {
            using var tried = new LinuxProcInterfaces(files, new LinuxNameResolvers(), higher: null);
            return new BackendStatus(Part, Name, BackendState.Available, Provides, $"open({Path.Combine(files.Folder, "dev")})", Missing);
        }
        catch (HostException refused)
        {
            return BackendStatus.From(Part, Name, Provides, refused);
        }
    }

    public override InterfaceSnapshot Collect()
    {
        var gaps = new List<Gap>();
        if (_higher is not null)
        {
            gaps.Add(_higher);
        }

        ProcNetDev devices = ReadDevices(gaps);
        long timestamp = Stopwatch.GetTimestamp();
        ProcRead read = ReadRest(gaps);
        DnsByLink dns = DnsByLink.From(_resolvers.ReadResolved());

        var interfaces = new SortedDictionary<int, NetworkInterface>();
        var links = new List<ProcState.Link>();
        var indexes = new HashSet<string>(StringComparer.Ordinal);
        int gone = 0;
        foreach (ProcNetDev.Entry entry in devices.Entries)
        {
            Reading<ProcLink> reading = ProcLink.Read(_socket, entry.Name);

            // An interface that was renamed meanwhile may stand in the list under both its names.
            if (!reading.TryGetValue(out ProcLink link) || interfaces.ContainsKey(link.Index))
            {
                gone++;
                continue;
            }

            string key = Key(entry.Name);
            indexes.Add(key);
            links.Add(new ProcState.Link(key, link.Index, link.Flags, link.Mtu));
            interfaces.Add(link.Index, ToInterface(entry, link, key, read, dns));
        }

        if (gone > 0)
        {
            gaps.Add(new Gap("links", ReadingStatus.Gone, "they went or were renamed while they were read", gone));
        }

        CountStrays(interfaces, indexes, read, gaps);
        if (read.IPv4.Count > 0)
        {
            gaps.Add(new Gap("scope and state of IPv4 addresses", ReadingStatus.Unsupported, NotHere, read.IPv4.Sum(one => (long)one.Count())));
        }

        _last = new ProcState(links, read.AllAddresses, read.Routes);
        return new InterfaceSnapshot(Name, timestamp, [.. interfaces.Values], gaps);
    }

    public override InterfaceChange WaitForChange(TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_last is null)
        {
            // Nobody has looked yet, so there is nothing to compare with.
            _last = ReadState();
            return InterfaceChange.Lost;
        }

        try
        {
            using var stop = (UnixStopSignal)StopSignal.Create(cancellationToken); // on Linux it is made of descriptors
            long started = Stopwatch.GetTimestamp();
            while (true)
            {
                TimeSpan left = timeout < TimeSpan.Zero ? s_interval : timeout - Stopwatch.GetElapsedTime(started);
                left = left < TimeSpan.Zero ? TimeSpan.Zero : left;
                if (Poller.Wait(stop.Waitable, stop: null, left < s_interval ? left : s_interval) == WaitResult.Ready)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                ProcState now = ReadState();
                InterfaceChange change = now.ChangesSince(_last);
                _last = now;
                if (change != InterfaceChange.None || (timeout >= TimeSpan.Zero && Stopwatch.GetElapsedTime(started) >= timeout))
                {
                    return change;
                }
            }
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }

    protected override void Dispose(bool disposing) => _socket.Dispose();

    // Two names with the same key are the same bytes; the text that users see may show two names alike.
    private static string Key(ReadOnlySpan<byte> name) => Encoding.Latin1.GetString(name);

    private static NetworkInterface ToInterface(ProcNetDev.Entry entry, ProcLink link, string key, ProcRead read, DnsByLink dns)
    {
        // The driver's own word for the kind travels by netlink only: what is left is what the link looks like.
        string linkType = link.HardwareType.HasValue ? LinkNames.ToLinkType(link.HardwareType.Value) : "unknown";
        return new NetworkInterface
        {
            Name = NativeBytes.ToText(entry.Name),
            Index = link.Index,
            Kind = (link.Flags & RtNetlink.IFF_LOOPBACK) != 0 ? InterfaceKind.Loopback
                : link.HardwareType.HasValue ? LinkNames.ToKind(null, isTap: false, link.HardwareType.Value, isWireless: false)
                : InterfaceKind.Other,
            KindName = linkType,
            Description = Reading.Unsupported<string>(NotHere),
            LinkType = linkType,
            HardwareAddress = link.HardwareAddress,
            HardwareBroadcast = Reading.Unsupported<HardwareAddress>(NotHere),
            Mtu = link.Mtu,
            AdministrativeState = (link.Flags & RtNetlink.IFF_UP) != 0 ? AdministrativeState.Up : AdministrativeState.Down,
            OperationalState = ProcLink.ToOperationalState(link.Flags),
            Flags = LinkNames.ToFlags(link.Flags),
            LinkSpeedBitsPerSecond = link.Speed,
            LowerIndex = Reading.Unsupported<int>(NotHere),
            LowerNamespaceId = Reading.Unsupported<int>(NotHere),
            MasterIndex = Reading.Unsupported<int>(NotHere),
            Addresses = read.HasAddresses.Select(_ => (IReadOnlyList<InterfaceAddress>)[.. read.IPv4[key], .. read.IPv6[link.Index]]),
            Counters = entry.Counters,
            DefaultGateways = read.HasRoutes.Select(_ => (IReadOnlyList<DefaultGateway>)
                [.. read.Gateways[key].OrderBy(gateway => gateway.Metric.GetValueOrDefault(0))]),
            DnsServers = dns.ServersOf(link.Index),
            SearchDomains = dns.DomainsOf(link.Index),
        };
    }

    // What belongs to an interface that was not in the list: one of the two came, or went, in between.
    private static void CountStrays(SortedDictionary<int, NetworkInterface> interfaces, HashSet<string> keys, ProcRead read, List<Gap> gaps)
    {
        long strays = read.IPv4.Where(one => !keys.Contains(one.Key)).Sum(one => (long)one.Count())
            + read.IPv6.Where(one => !interfaces.ContainsKey(one.Key)).Sum(one => (long)one.Count());
        if (strays > 0)
        {
            gaps.Add(new Gap("addresses", ReadingStatus.Gone, "their interface came or went while the tables were read", strays));
        }

        int routes = read.Routes.Count(route => !keys.Contains(route.InterfaceKey));
        if (routes > 0)
        {
            gaps.Add(new Gap("routes", ReadingStatus.Gone, "their interface came or went while the tables were read", routes));
        }
    }

    private static void Merge(ref Reading<bool> all, Reading<bool> one) => all = all.HasValue || one.HasValue ? true : one;

    private static void CountSkipped(List<Gap> gaps, string what, int skipped)
    {
        if (skipped > 0)
        {
            gaps.Add(new Gap(what, ReadingStatus.Failed, "lines that could not be understood", skipped));
        }
    }

    private ProcNetDev ReadDevices(List<Gap> gaps)
    {
        // The socket belongs to the namespace it was opened in; the files speak of the namespace of whoever reads them.
        if (_files.ReadNamespace() is { } here && here != _namespace)
        {
            throw new HostException(
                HostFailure.System, $"open({_files.Folder})", target: null, 0, $"the calling thread is in another network namespace ({here}) than the thread that opened this ({_namespace})");
        }

        var devices = ProcNetDev.Parse(_files.Read("dev", gaps));
        CountSkipped(gaps, "links", devices.Skipped);
        return devices;
    }

    private ProcRead ReadRest(List<Gap> gaps)
    {
        var ipv4 = new List<(string Key, InterfaceAddress Address)>();
        Reading<bool> hasAddresses = ProcIPv4Addresses.Collect(_socket, gaps, (name, address) => ipv4.Add((Key(name), address)));
        ProcIfInet6 ipv6 = new([], 0);
        Merge(ref hasAddresses, ReadFile("if_inet6", "IPv6 addresses", gaps, text =>
        {
            ipv6 = ProcIfInet6.Parse(text);
            return ipv6.Skipped;
        }));

        var routes = new List<ProcState.Route>();
        Reading<bool> hasRoutes = ReadFile("route", "IPv4 routes", gaps, text => AddRoutes(ProcRoutes.ParseIPv4(text)));
        Merge(ref hasRoutes, ReadFile("ipv6_route", "IPv6 routes", gaps, text => AddRoutes(ProcRoutes.ParseIPv6(text))));
        return new ProcRead(
            hasAddresses,
            ipv4.ToLookup(one => one.Key, one => one.Address, StringComparer.Ordinal),
            ipv6.Addresses.ToLookup(one => one.InterfaceIndex, one => one.Address),
            hasRoutes,
            routes,
            [.. ipv4.Select(one => one.Address), .. ipv6.Addresses.Select(one => one.Address)]);

        int AddRoutes(ProcRoutes found)
        {
            routes.AddRange(found.Defaults.Select(one => new ProcState.Route(Key(one.InterfaceName), one.Gateway)));
            return found.Skipped;
        }
    }

    private Reading<bool> ReadFile(string name, string what, List<Gap> gaps, Func<byte[], int> parse)
    {
        try
        {
            CountSkipped(gaps, what, parse(_files.Read(name, gaps)));
            return true;
        }
        catch (HostException refused)
        {
            // A kernel without the protocol has no file for it; then there is nothing to miss, and the gap says which file that is.
            ReadingStatus status = refused.Failure switch
            {
                HostFailure.AccessDenied => ReadingStatus.Denied,
                HostFailure.NotFound => ReadingStatus.Unsupported,
                _ => ReadingStatus.Failed,
            };
            gaps.Add(new Gap(what, status, refused.Message));
            return new Reading<bool>(status, value: false, refused.Message);
        }
    }

    private ProcState ReadState()
    {
        var ignored = new List<Gap>(); // the snapshot that follows a change reports them
        var links = new List<ProcState.Link>();
        foreach (ProcNetDev.Entry entry in ReadDevices(ignored).Entries)
        {
            if (ProcLink.ReadIdentity(_socket, entry.Name).TryGetValue(out ProcLink link))
            {
                links.Add(new ProcState.Link(Key(entry.Name), link.Index, link.Flags, link.Mtu));
            }
        }

        ProcRead read = ReadRest(ignored);
        return new ProcState(links, read.AllAddresses, read.Routes);
    }

    /// <summary>What was read besides the list of interfaces.</summary>
    private sealed record ProcRead(
        Reading<bool> HasAddresses,
        ILookup<string, InterfaceAddress> IPv4,
        ILookup<int, InterfaceAddress> IPv6,
        Reading<bool> HasRoutes,
        IReadOnlyList<ProcState.Route> Routes,
        IReadOnlyList<InterfaceAddress> AllAddresses)
    {
        internal ILookup<string, DefaultGateway> Gateways { get; } = Routes.ToLookup(route => route.InterfaceKey, route => route.Gateway, StringComparer.Ordinal);
    }
}
