using System.Net;
using System.Text;

namespace Sonde.Host.Resolvers.Unix;

/// <summary>What a resolv.conf says (resolv.conf(5)).</summary>
/// <param name="Servers">All nameserver lines; the C library asks only the first three.</param>
/// <param name="SearchDomains">Of the last search or domain line, which is the one that counts.</param>
/// <param name="Options">Every option, as written.</param>
/// <param name="Skipped">Lines that mean nothing to the C library either.</param>
internal sealed record ResolvConf(IReadOnlyList<IPAddress> Servers, IReadOnlyList<string> SearchDomains, IReadOnlyList<string> Options, int Skipped)
{
    /// <summary>How many servers the C library asks (MAXNS).</summary>
    internal const int AskedServers = 3;

    // A bound on what a hostile file can make us hold; real ones have a handful.
    private const int MaxEntries = 4096;

    /// <summary>Reads the text of a resolv.conf; never throws.</summary>
    internal static ResolvConf Parse(ReadOnlySpan<byte> text)
    {
        var servers = new List<IPAddress>();
        var domains = new List<string>();
        var options = new List<string>();
        int skipped = 0;
        foreach (Range range in text.Split((byte)'\n'))
        {
            // Only the first column makes a comment; the keyword must start there too.
            ReadOnlySpan<byte> line = text[range].TrimEnd(" \t\r\0"u8);
            if (line.IsEmpty || line[0] is (byte)'#' or (byte)';')
            {
                continue;
            }

            int end = line.IndexOfAny((byte)' ', (byte)'\t');
            if (end <= 0 || servers.Count + domains.Count + options.Count >= MaxEntries)
            {
                skipped++;
                continue;
            }

            string keyword = Encoding.UTF8.GetString(line[..end]);
            string[] words = Encoding.UTF8.GetString(line[end..]).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            switch (keyword)
            {
                case "nameserver" when words.Length > 0 && IPAddress.TryParse(words[0], out IPAddress? address):
                    servers.Add(address);
                    break;
                case "search" or "domain" when words.Length > 0:
                    domains.Clear();
                    domains.AddRange(words.Take(keyword == "domain" ? 1 : MaxEntries).Select(Normalise));
                    break;
                case "options":
                    options.AddRange(words.Take(MaxEntries));
                    break;
                case "sortlist":
                    options.Add("sortlist " + string.Join(' ', words));
                    break;
                default:
                    skipped++;
                    break;
            }
        }

        return new ResolvConf(servers, domains, options, skipped);
    }

    // "example.com." and "example.com" are the same domain; the root stays a dot.
    private static string Normalise(string domain) => domain.Length > 1 && domain.EndsWith('.') ? domain[..^1] : domain;
}
