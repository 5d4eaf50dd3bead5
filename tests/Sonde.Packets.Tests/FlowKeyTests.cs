using Sonde.Testing;

namespace Sonde.Packets.Tests;

public sealed class FlowKeyTests
{
    private static readonly FlowEndpoint s_near = new(InternetAddress.Parse("10.0.0.1"), 5000);
    private static readonly FlowEndpoint s_far = new(InternetAddress.Parse("2001:db8::1"), 443);

    [Fact]
    public void Both_directions_have_one_normal_key()
    {
        var key = new FlowKey(IPProtocol.Tcp, s_near, s_far);

        Assert.NotEqual(key, key.Reverse());
        Assert.Equal(key.Normalize(), key.Reverse().Normalize());
        Assert.Equal(key, key.Reverse().Reverse());
    }

    [Fact]
    public void Ports_order_ends_of_one_host()
    {
        FlowEndpoint client = s_near with { Port = 1 };
        var key = new FlowKey(IPProtocol.Udp, s_near, client);

        Assert.Equal(client, key.Normalize().Local);
    }

    [Fact]
    public void Looking_a_key_up_allocates_nothing()
    {
        var table = new Dictionary<FlowKey, int> { [new FlowKey(IPProtocol.Tcp, s_near, s_far)] = 1 };
        _ = table.TryGetValue(new FlowKey(IPProtocol.Tcp, s_near, s_far), out _);

        int found = 0;
        Assert.Equal(0, AllocationWatch.Least(() =>
        {
            found = 0;
            for (int i = 0; i < 1000; i++)
            {
                found += table.TryGetValue(new FlowKey(IPProtocol.Tcp, s_far, s_near).Reverse(), out int value) ? value : 0;
            }
        }));
        Assert.Equal(1000, found);
    }

    [Fact]
    public void Text_brackets_IPv6_addresses() =>
        Assert.Equal("Tcp 10.0.0.1:5000 - [2001:db8::1]:443", new FlowKey(IPProtocol.Tcp, s_near, s_far).ToString());
}
