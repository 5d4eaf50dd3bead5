using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Windows.Tests;

public sealed class InterfaceTests
{
    [Fact]
    public void The_only_rung_is_available()
    {
        BackendStatus status = Assert.Single(NetworkInterfaces.Check());

        Assert.Equal(BackendState.Available, status.State);
        Assert.Equal("iphlpapi", status.Backend);
    }

    [Fact]
    public void Show()
    {
        using var interfaces = NetworkInterfaces.Open();
        foreach (NetworkInterface i in interfaces.Collect().Interfaces)
        {
            Console.WriteLine(i);
            Console.WriteLine(string.Join("\n  ", i.Addresses.Value));
            Console.WriteLine(string.Join("\n  ", i.DefaultGateways.Value));
            Console.WriteLine(string.Join("\n  ", i.Flags));
        }
        Console.WriteLine(Sonde.Host.Privileges.ProcessPrivileges.Create().Read());
        Console.WriteLine(string.Join("\n  ", Sonde.Host.Privileges.ProcessPrivileges.Create().Read().Rights.Value));
        Sonde.Host.Resolvers.ResolverSnapshot r = Sonde.Host.Resolvers.NameResolvers.Create().Collect();
        Console.WriteLine(string.Join("\n  ", r.Servers));
        Console.WriteLine(string.Join("\n  ", r.SearchDomains));
        Console.WriteLine(string.Join("\n  ", r.Sources));
        Console.WriteLine(string.Join("\n  ", Sonde.Host.Resolvers.NameResolvers.Create().Check()));
        Console.WriteLine(string.Join("\n  ", NetworkInterfaces.Check()));
    }
}
