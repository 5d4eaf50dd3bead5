using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.Windows;
using Sonde.Interop.Windows;

namespace Sonde.Windows.Tests;

public sealed class InterfaceTests
{
    [Fact]
    public void The_only_rung_is_available_and_says_that_Wine_never_notifies()
    {
        BackendStatus status = Assert.Single(NetworkInterfaces.Check());

        Assert.Equal(BackendState.Available, status.State);
        Assert.Equal("iphlpapi", status.Backend);
        if (Environment.GetEnvironmentVariable("SONDE_LINUX_ROOT") is not null)
        {
            Assert.Contains("no change notifications", status.Reason);
        }
    }

    [Fact]
    public void Every_interface_of_the_kernel_below_is_listed_by_name_and_index_order()
    {
        string[] expected = [.. Oracle.ReadCounters().Keys.Order(StringComparer.Ordinal)];

        InterfaceSnapshot snapshot = Collect();

        Assert.Equal(expected, snapshot.Interfaces.Select(found => found.Name).Order(StringComparer.Ordinal));
        Assert.Equal(snapshot.Interfaces.OrderBy(found => found.Index), snapshot.Interfaces);
        Assert.All(snapshot.Interfaces, found => Assert.True(found.Index > 0));
        Assert.Empty(snapshot.Gaps);
        Assert.NotEqual(0, snapshot.Timestamp);
    }

    [Fact]
    public void Counters_lie_between_those_that_the_kernel_shows_before_and_after()
    {
        Dictionary<string, Oracle.Counters> before = Oracle.ReadCounters();
        InterfaceSnapshot snapshot = Collect();
        Dictionary<string, Oracle.Counters> after = Oracle.ReadCounters();

        foreach (NetworkInterface found in snapshot.Interfaces)
        {
            InterfaceCounters counters = found.Counters.Value;
            Assert.InRange(counters.ReceivedBytes, before[found.Name].ReceivedBytes, after[found.Name].ReceivedBytes);
            Assert.InRange(counters.ReceivedPackets, before[found.Name].ReceivedPackets, after[found.Name].ReceivedPackets);
            Assert.InRange(counters.SentBytes, before[found.Name].SentBytes, after[found.Name].SentBytes);
            Assert.InRange(counters.SentPackets, before[found.Name].SentPackets, after[found.Name].SentPackets);
        }

        Assert.Contains(snapshot.Interfaces, found => found.Counters.Value.ReceivedBytes > 0);
    }

    [Fact]
    public void Addresses_with_prefix_and_scope_are_those_that_ip_shows()
    {
        JsonElement links = Oracle.ReadIp("SONDE_IP_ADDR");
        var expected = new List<string>();
        foreach (JsonElement link in links.EnumerateArray())
        {
            string name = link.GetProperty("ifname").GetString()!; // ip always names a link
            foreach (JsonElement address in link.GetProperty("addr_info").EnumerateArray())
            {
                var value = IPAddress.Parse(address.GetProperty("local").GetString()!); // an address always has one
                expected.Add($"{name} {value}/{address.GetProperty("prefixlen").GetInt32()} {address.GetProperty("scope").GetString()}");
            }
        }

        IEnumerable<string> actual = Collect().Interfaces.SelectMany(found => found.Addresses.Value.Select(
            address => $"{found.Name} {WithoutScopeId(address.Address)}/{address.PrefixLength} {address.Scope.ToString().ToLowerInvariant()}"));

        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Hardware_addresses_and_mtu_are_those_that_ip_shows()
    {
        Dictionary<string, JsonElement> links = Oracle.ReadIp("SONDE_IP_ADDR").EnumerateArray()
            .ToDictionary(link => link.GetProperty("ifname").GetString()!, StringComparer.Ordinal); // ip always names a link

        foreach (NetworkInterface found in Collect().Interfaces)
        {
            JsonElement link = links[found.Name];
            Assert.Equal(link.GetProperty("ifindex").GetInt32(), found.Index);
            Assert.Equal(link.GetProperty("mtu").GetInt64(), found.Mtu.Value);
            if (link.GetProperty("link_type").GetString() == "ether")
            {
                Assert.Equal(InterfaceKind.Ethernet, found.Kind);
                Assert.Equal("IF_TYPE_ETHERNET_CSMACD", found.KindName);
                Assert.Equal(link.GetProperty("address").GetString(), found.HardwareAddress.Value.ToString());
            }
            else if (link.GetProperty("link_type").GetString() == "loopback")
            {
                Assert.Equal(InterfaceKind.Loopback, found.Kind);
                Assert.Equal(ReadingStatus.None, found.HardwareAddress.Status);
            }
        }
    }

    [Fact]
    public void The_IPv4_default_gateways_are_those_that_ip_shows()
    {
        IEnumerable<string> expected = Oracle.ReadIp("SONDE_IP_ROUTE").EnumerateArray()
            .Where(route => route.GetProperty("dst").GetString() == "default" && route.TryGetProperty("gateway", out _))
            .Select(route => $"{route.GetProperty("dev").GetString()} {route.GetProperty("gateway").GetString()}");

        IEnumerable<string> actual = Collect().Interfaces.SelectMany(found => found.DefaultGateways.Value
            .Where(gateway => gateway.Family == AddressFamily.InterNetwork)
            .Select(gateway => $"{found.Name} {gateway.Address.Value}"));

        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_link_speed_that_the_driver_does_not_tell_is_a_reason_and_no_number()
    {
        Oracle.ReadCounters(); // Wine tells no speed; a real Windows does

        Assert.All(Collect().Interfaces, found =>
        {
            Assert.Equal(ReadingStatus.None, found.LinkSpeedBitsPerSecond.Status);
            Assert.Equal("the driver does not tell", found.LinkSpeedBitsPerSecond.Reason);
        });
    }

    [Fact]
    public void The_system_name_is_the_GUID_in_braces()
    {
        Assert.All(Collect().Interfaces, found => Assert.True(Guid.TryParseExact(found.SystemName.Value, "B", out _), found.SystemName.ToString()));
    }

    [Fact]
    public void A_buffer_that_is_too_small_grows_to_what_the_system_asks_for()
    {
        var buffer = new Win32Buffer(1);

        AdapterList list = AdapterList.Parse(IpHlpApi.GetAdaptersAddresses(buffer));

        Assert.NotEmpty(list.Adapters);
        Assert.True(buffer.Size > 1);
    }

    [Fact]
    public void One_interface_can_be_asked_for_by_its_index()
    {
        NetworkInterface first = Collect().Interfaces[0];

        IpHlpApi.GetIfEntry2(0, (uint)first.Index, out MIB_IF_ROW2 row);

        Assert.Equal((uint)first.Index, row.InterfaceIndex);
    }

    [Fact]
    public void An_index_that_no_interface_has_is_not_found()
    {
        Interop.NativeException refused = Assert.Throws<Interop.NativeException>(() => IpHlpApi.GetIfEntry2(0, 987_654, out _));

        Assert.Equal(HostFailure.NotFound, HostException.Classify(refused.Error));
    }

    [Fact]
    public void Waiting_for_a_change_ends_with_None_when_the_time_is_over()
    {
        using var interfaces = NetworkInterfaces.Open();
        long started = Stopwatch.GetTimestamp();

        InterfaceChange change = interfaces.WaitForChange(TimeSpan.FromMilliseconds(150), TestContext.Current.CancellationToken);

        Assert.Equal(InterfaceChange.None, change);
        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(140));
    }

    [Fact]
    public void Cancelling_ends_an_endless_wait()
    {
        using var interfaces = NetworkInterfaces.Open();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        Assert.ThrowsAny<OperationCanceledException>(() => interfaces.WaitForChange(Timeout.InfiniteTimeSpan, cancel.Token));
    }

    [Fact]
    public void A_closed_reader_says_so()
    {
        var interfaces = NetworkInterfaces.Open();
        interfaces.Dispose();
        interfaces.Dispose();

        Assert.Throws<ObjectDisposedException>(interfaces.Collect);
    }

    private static InterfaceSnapshot Collect()
    {
        using var interfaces = NetworkInterfaces.Open();
        return interfaces.Collect();
    }

    private static IPAddress WithoutScopeId(IPAddress address) => new(address.GetAddressBytes());
}
