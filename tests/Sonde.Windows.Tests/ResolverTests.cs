using System.Net;
using Microsoft.Win32;
using Sonde.Host;
using Sonde.Host.Resolvers;

namespace Sonde.Windows.Tests;

public sealed class ResolverTests
{
    private const string Parameters = @"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";

    [Fact]
    public void The_servers_of_the_host_below_appear_with_interface_and_source()
    {
        IPAddress[] expected =
        [
            .. Oracle.ReadLinuxFile("etc/resolv.conf")
                .Select(line => line.Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words is ["nameserver", ..])
                .Select(words => IPAddress.Parse(words[1])),
        ];
        Assert.SkipWhen(expected.Length == 0, "/etc/resolv.conf names no server");

        ResolverSnapshot snapshot = NameResolvers.Create().Collect();

        Assert.All(expected, address => Assert.Contains(snapshot.Servers, server => server.Address.Equals(address)));
        Assert.All(snapshot.Servers, server =>
        {
            Assert.Equal("iphlpapi", server.Source);
            Assert.True(server.InterfaceName.HasValue);
            Assert.True(server.InterfaceIndex.Value > 0);
            Assert.Equal(53, server.Port);
        });
    }

    [Fact]
    public void Every_place_that_was_looked_at_is_listed()
    {
        ResolverSnapshot snapshot = NameResolvers.Create().Collect();

        Assert.Equal(
            ["iphlpapi", @"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient", $@"HKLM\{Parameters}"],
            snapshot.Sources.Select(source => source.Name));
        Assert.Equal(ReadingStatus.Ok, snapshot.Sources[0].Status);
        Assert.Equal(ReadingStatus.Ok, snapshot.Sources[2].Status);
    }

    [Fact]
    public void A_key_that_does_not_exist_is_none_and_not_a_failure()
    {
        using (RegistryKey? key = Registry.LocalMachine.OpenSubKey(@"SOFTWARE\Policies\Microsoft\Windows NT\DNSClient"))
        {
            Assert.SkipUnless(key is null, "this host has a policy");
        }

        ResolverSource policy = NameResolvers.Create().Collect().Sources[1];

        Assert.Equal(ReadingStatus.None, policy.Status);
        Assert.Equal("the key does not exist", policy.Reason);
        Assert.Contains(NameResolvers.Create().Check(), status => status.State == BackendState.Unavailable && status.Reason == policy.Reason);
    }

    [Fact]
    public void The_search_list_and_domain_of_the_registry_appear_once_each()
    {
        Oracle.ReadLinuxFile("etc/resolv.conf"); // only in a Wine prefix, which is thrown away, are settings changed
        using RegistryKey key = Registry.LocalMachine.CreateSubKey(Parameters, writable: true);
        (string Name, object? Value)[] before = [.. ((string[])["SearchList", "NV Domain", "UseDomainNameDevolution"]).Select(name => (name, key.GetValue(name)))];
        try
        {
            key.SetValue("SearchList", "one.example,two.example. ,ONE.example");
            key.SetValue("NV Domain", "corp.example");
            key.SetValue("UseDomainNameDevolution", 1, RegistryValueKind.DWord);

            ResolverSnapshot snapshot = NameResolvers.Create().Collect();

            Assert.Equal(
                ["one.example", "two.example", "corp.example"],
                snapshot.SearchDomains.Where(domain => domain.Source == $@"HKLM\{Parameters}").Select(domain => domain.Name).Take(3));
            Assert.Contains("UseDomainNameDevolution:1", snapshot.Sources[2].Options);
        }
        finally
        {
            foreach ((string name, object? value) in before)
            {
                if (value is null)
                {
                    key.DeleteValue(name, throwOnMissingValue: false);
                }
                else
                {
                    key.SetValue(name, value);
                }
            }
        }
    }
}
