using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Sonde.Interop.Linux.DBus;
using Sonde.Interop.Linux;

namespace Sonde.Host.Resolvers.Linux;

/// <summary>What systemd-resolved tells over D-Bus: org.freedesktop.resolve1(5), the properties of its manager.</summary>
internal sealed class ResolvedConfiguration
{
    internal const string SourceName = "systemd-resolved";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly List<ResolverServer> _servers = [];
    private readonly List<ResolverServer> _fallback = [];
    private readonly List<SearchDomain> _domains = [];
    private readonly List<string> _options = [];

    private ResolvedConfiguration()
    {
    }

    /// <summary>Servers of the whole host (interface none) and of single links; the built-in fallback servers when there are no others.</summary>
    internal IReadOnlyList<ResolverServer> Servers => _servers.Count > 0 ? _servers : _fallback;

    internal IReadOnlyList<SearchDomain> Domains => _domains;

    /// <summary>"DNSSEC=no" and the like.</summary>
    internal IReadOnlyList<string> Options => _options;

    /// <summary>Entries that could not be understood.</summary>
    internal int Skipped { get; private set; }

    /// <summary>Asks systemd-resolved, if it runs; never starts it.</summary>
    [SupportedOSPlatform("linux")]
    internal static Reading<ResolvedConfiguration> Read(LinuxResolverPaths paths)
    {
        if (!Directory.Exists(paths.ResolvedRuntime))
        {
            return Reading.None<ResolvedConfiguration>($"it does not run: {paths.ResolvedRuntime} does not exist");
        }

        try
        {
            using var bus = DBusConnection.ToBus(paths.SystemBus, s_patience);
            DBusAnswer answer = bus.Ask(DBusQuestion.ForProperties("org.freedesktop.resolve1", "/org/freedesktop/resolve1", "org.freedesktop.resolve1.Manager"));
            return Parse(answer.Body, answer.IsLittleEndian, NameOf);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AccessDenied)
        {
            return Reading.Denied<ResolvedConfiguration>($"connect({paths.SystemBus}): {refused.Message}");
        }
        catch (SocketException refused)
        {
            return Reading.Failed<ResolvedConfiguration>($"connect({paths.SystemBus}): {refused.Message}");
        }
        catch (DBusException refused)
        {
            return refused.IsAccessDenied
                ? Reading.Denied<ResolvedConfiguration>(refused.Message)
                : refused.IsUnknownService
                    ? Reading.None<ResolvedConfiguration>($"it does not run: {refused.Message}")
                    : Reading.Failed<ResolvedConfiguration>(refused.Message);
        }
    }

    /// <summary>Reads the answer to GetAll: a dictionary of names and variants.</summary>
    internal static ResolvedConfiguration Parse(ReadOnlySpan<byte> body, bool isLittleEndian, Func<int, Reading<string>> nameOf)
    {
        var found = new ResolvedConfiguration();
        var plain = new List<ResolverServer>();
        bool hasExtended = false;
        var reader = new DBusReader(body, isLittleEndian);
        int end = reader.EnterArray(alignment: 8);
        while (!reader.IsTorn && reader.Position < end)
        {
            reader.Align(8);
            string property = reader.ReadString();
            string signature = reader.ReadSignature();
            switch (property, signature)
            {
                case ("DNS", "a(iiay)"):
                    found.ReadServers(ref reader, plain, nameOf, extended: false);
                    break;
                case ("DNSEx", "a(iiayqs)"):
                    hasExtended = true;
                    found.ReadServers(ref reader, found._servers, nameOf, extended: true);
                    break;
                case ("FallbackDNSEx", "a(iiayqs)"):
                    found.ReadServers(ref reader, found._fallback, nameOf, extended: true);
                    break;
                case ("Domains", "a(isb)"):
                    found.ReadDomains(ref reader, nameOf);
                    break;
                case ("LLMNR" or "MulticastDNS" or "DNSSEC" or "DNSOverTLS" or "DNSStubListener", "s"):
                    found._options.Add($"{property}={reader.ReadString()}");
                    break;
                default:
                    reader.Skip(signature);
                    break;
            }
        }

        if (!hasExtended)
        {
            // Before version 246 there were no ports and names.
            found._servers.AddRange(plain);
        }

        if (reader.IsTorn)
        {
            found.Skipped++;
        }

        return found;
    }

    [SupportedOSPlatform("linux")]
    private static Reading<string> NameOf(int index) =>
        LibC.InterfaceName(index) is { Length: > 0 } name
            ? Interfaces.Linux.NativeBytes.ToText(name)
            : Reading.Gone<string>("no interface has this index any more");

    private void ReadServers(ref DBusReader reader, List<ResolverServer> servers, Func<int, Reading<string>> nameOf, bool extended)
    {
        int end = reader.EnterArray(alignment: 8);
        while (!reader.IsTorn && reader.Position < end)
        {
            reader.Align(8);
            int index = reader.ReadInt32();
            int family = reader.ReadInt32();
            ReadOnlySpan<byte> bytes = reader.ReadByteArray();
            int port = extended ? reader.ReadUInt16() : 0;
            string name = extended ? reader.ReadString() : string.Empty;
            _ = family; // the length of the address says the same
            if (reader.IsTorn || Interfaces.Linux.NativeBytes.ToAddress(bytes, index) is not { } address)
            {
                Skipped++;
                continue;
            }

            servers.Add(new ResolverServer
            {
                Address = address,
                Port = port == 0 ? 53 : port,
                InterfaceIndex = index > 0 ? index : Reading.None<int>(),
                InterfaceName = index > 0 ? nameOf(index) : Reading.None<string>(),
                ServerName = name.Length > 0 ? name : Reading.None<string>(),
                IsLocalStub = IPAddress.IsLoopback(address),
                Source = SourceName,
            });
        }
    }

    private void ReadDomains(ref DBusReader reader, Func<int, Reading<string>> nameOf)
    {
        int end = reader.EnterArray(alignment: 8);
        while (!reader.IsTorn && reader.Position < end)
        {
            reader.Align(8);
            int index = reader.ReadInt32();
            string name = reader.ReadString();
            bool routingOnly = reader.ReadInt32() != 0;
            if (reader.IsTorn)
            {
                Skipped++;
                break;
            }

            _domains.Add(new SearchDomain
            {
                Name = name,
                RoutingOnly = routingOnly,
                InterfaceIndex = index > 0 ? index : Reading.None<int>(),
                InterfaceName = index > 0 ? nameOf(index) : Reading.None<string>(),
                Source = SourceName,
            });
        }
    }
}
