using System.Globalization;
using Sonde.Packets.Applications;

namespace Sonde.Traffic.Dns;

/// <summary>The filter that has the kernel hand over DNS and nothing else.</summary>
internal static class DnsFilter
{
    internal static string Of(DnsOptions options)
    {
        IEnumerable<string> ports = options.Ports
            .Append(DnsMessage.LinkLocalPort)
            .Distinct()
            .Select(static port => string.Create(CultureInfo.InvariantCulture, $"tcp port {port} or udp port {port}"))
            .Append($"udp port {DnsMessage.MulticastPort}");
        return string.Join(" or ", ports);
    }
}
