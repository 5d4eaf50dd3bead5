namespace Sonde.Host.Resolvers.Windows;

/// <summary>What one registry key says about name resolution.</summary>
internal sealed record RegistrySettings(ResolverSource Source, IReadOnlyList<string> SearchDomains)
{
    /// <summary>Makes sense of the values of a key.</summary>
    /// <param name="name">The key's name.</param>
    /// <param name="values">The values that <see cref="RegistrySource"/> reads; null for one that does not exist.</param>
    internal static RegistrySettings Parse(string name, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        var domains = new List<string>();
        var options = new List<string>();
        int skipped = 0;
        foreach ((string key, object? value) in values)
        {
            switch (key, value)
            {
                case (_, null):
                    break;
                case ("SearchList", string list):
                    foreach (string entry in list.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    {
                        Add(domains, entry);
                    }

                    break;
                case ("NV Domain" or "Domain" or "DhcpDomain" or "PrimaryDnsSuffix" or "NV PrimaryDnsSuffix", string domain):
                    Add(domains, domain.Trim());
                    break;
                case (_, int number):
                    options.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{key}:{number}"));
                    break;
                default:
                    skipped++; // a value of another type than Windows writes
                    break;
            }
        }

        string? reason = skipped == 0 ? null : "values of an unexpected type were left out";
        return new RegistrySettings(new ResolverSource(name, ReadingStatus.Ok, reason, options, skipped), domains);
    }

    private static void Add(List<string> domains, string name)
    {
        string domain = name.TrimEnd('.');
        if (domain.Length > 0 && !domains.Contains(domain, StringComparer.OrdinalIgnoreCase))
        {
            domains.Add(domain);
        }
    }
}
