using System.Net;
using System.Runtime.Versioning;
using Sonde.Host.MacOS;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Resolvers.MacOS;

/// <summary>Name servers and search domains by the interface that they are bound to.</summary>
internal sealed class MacOSInterfaceDns
{
    private readonly Dictionary<int, List<IPAddress>> _servers = [];
    private readonly Dictionary<int, List<string>> _search = [];

    internal MacOSInterfaceDns(DnsConfiguration configuration)
    {
        Skipped = configuration.Skipped;
        foreach (DnsResolver resolver in configuration.Scoped.Concat(configuration.Resolvers))
        {
            if (resolver.InterfaceIndex is 0 or > int.MaxValue)
            {
                continue; // serves the whole host
            }

            int index = (int)resolver.InterfaceIndex;
            foreach (byte[] server in resolver.Servers)
            {
                if (MacOSSocketAddress.TryReadIP(server, index, out IPAddress? address))
                {
                    AddOnce(_servers, index, address);
                }
                else
                {
                    Skipped++;
                }
            }

            foreach (byte[] domain in resolver.Search)
            {
                AddOnce(_search, index, MacOSText.Decode(domain));
            }
        }
    }

    /// <summary>Entries that could not be read.</summary>
    internal int Skipped { get; }

    /// <summary>Reads the configuration now, or says why it cannot be read.</summary>
    [SupportedOSPlatform("macos")]
    internal static Reading<MacOSInterfaceDns> Read() =>
        DnsConfiguration.TryRead(out string? reason) is { } configuration
            ? new MacOSInterfaceDns(configuration)
            : Reading.Unsupported<MacOSInterfaceDns>(reason ?? "there is no resolver configuration");

    internal IReadOnlyList<IPAddress> ServersOf(int index) => _servers.GetValueOrDefault(index, []);

    internal IReadOnlyList<string> SearchOf(int index) => _search.GetValueOrDefault(index, []);

    private static void AddOnce<T>(Dictionary<int, List<T>> lists, int index, T value)
    {
        if (!lists.TryGetValue(index, out List<T>? list))
        {
            lists.Add(index, list = []);
        }

        if (!list.Contains(value))
        {
            list.Add(value);
        }
    }
}
