using System.Runtime.Versioning;
using System.Security;
using Microsoft.Win32;

namespace Sonde.Host.Resolvers.Windows;

/// <summary>A registry key that holds settings of the DNS client.</summary>
[SupportedOSPlatform("windows")]
internal sealed class RegistrySource
{
    private readonly string _path;
    private readonly string[] _values;

    private RegistrySource(string path, string provides, string[] values)
    {
        _path = path;
        Provides = provides;
        _values = values;
    }

    /// <summary>The keys, the one that outranks the others first.</summary>
    internal static IReadOnlyList<RegistrySource> All { get; } =
    [
        new(
            @"SOFTWARE\Policies\Microsoft\Windows NT\DNSClient",
            "search list and primary suffix set by policy",
            ["SearchList", "PrimaryDnsSuffix", "NV PrimaryDnsSuffix", "UseDomainNameDevolution", "DomainNameDevolutionLevel", "EnableMulticast"]),
        new(
            @"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters",
            "search list and domain of the host",
            ["SearchList", "Domain", "NV Domain", "DhcpDomain", "UseDomainNameDevolution"]),
    ];

    internal string Name => $@"HKLM\{_path}";

    internal string Provides { get; }

    /// <summary>Reads the key now; one that is missing or refused says so in its source.</summary>
    internal RegistrySettings Read()
    {
        try
        {
            using RegistryKey? key = Registry.LocalMachine.OpenSubKey(_path, writable: false);
            return key is null
                ? Without(ReadingStatus.None, "the key does not exist")
                : RegistrySettings.Parse(Name, [.. _values.Select(value => KeyValuePair.Create(value, key.GetValue(value)))]);
        }
        catch (Exception refused) when (refused is SecurityException or UnauthorizedAccessException)
        {
            return Without(ReadingStatus.Denied, refused.Message);
        }
        catch (IOException refused)
        {
            return Without(ReadingStatus.Failed, refused.Message);
        }
    }

    private RegistrySettings Without(ReadingStatus status, string reason) => new(new ResolverSource(Name, status, reason, [], 0), []);
}
