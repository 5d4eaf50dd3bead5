using System.Globalization;
using System.Text.Json;
using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>`sonde interfaces` against `ip`, field by field, on a host with every kind of link that this kernel can make.</summary>
public sealed class InterfacesAgreeWithIpTests
{
    private const string Setup = """
        set -e
        for i in $(seq 1 500); do echo "link add a$i type veth peer name b$i"; done | ip -batch -
        ip link add br0 type bridge
        ip link set a1 master br0
        ip link add link a2 name mv0 type macvlan mode bridge
        ip tuntap add dev tun0 mode tun
        ip tuntap add dev tap0 mode tap
        ip link add vx0 type vxlan id 7 dstport 4789
        ip link set a3 alias 'uplink to the lab'
        ip link set a4 mtu 9000
        ip link set a5 address 02:00:00:00:00:05
        for i in br0 a1 b1 a2 b2 mv0 a3 b3 a4; do ip link set $i up; done
        ip addr add 10.1.0.1/24 broadcast 10.1.0.255 dev br0
        ip addr add 10.1.0.2/24 dev br0 label br0:second
        ip addr add 10.2.0.1 peer 10.2.0.2/32 dev tun0
        ip addr add 169.254.7.7/16 scope link dev a2
        ip addr add 10.3.0.1/24 scope 77 dev a2
        ip addr add 10.4.0.1/24 valid_lft 3600 preferred_lft 1800 dev a3
        ip -6 addr add fd00:1::1/64 nodad dev br0
        ip -6 addr add fd00:1::2/64 nodad valid_lft 7200 preferred_lft 0 dev br0
        ip -6 addr add fd00:1::3/64 nodad noprefixroute dev br0
        ip -6 addr add fd00:2::1 peer fd00:2::2/128 dev tun0 nodad
        ip link set tun0 up
        ip route add default via 10.1.0.254 dev br0 metric 50
        ip route add default via 10.4.0.254 dev a3 metric 100 proto static
        ip route add default dev tun0 metric 200
        ip route add default metric 300 nexthop via 10.1.0.251 dev br0 nexthop via 10.4.0.251 dev a3
        ip -6 route add default via fd00:1::fe dev br0 metric 512
        ip route add default via 10.1.0.253 dev br0 table 77
        ip route add unreachable default metric 4000
        """;

    private static readonly Dictionary<string, string> s_flagsThatIpMakesUp = new(StringComparer.Ordinal)
    {
        ["NO-CARRIER"] = "up without RUNNING",
        ["M-DOWN"] = "the lower device is down",
    };

    [Fact]
    public void Every_shared_field_is_the_same_on_a_host_of_a_thousand_interfaces()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell(Setup);

        // Interfaces that are up send neighbour discovery when they like, so a counter may grow between two looks: ours lies between two of ip's.
        using var before = JsonDocument.Parse(host.Shell("ip -j -s -d addr"));
        ProgramResult sonde = host.Sonde("interfaces", "--format", "json");
        using var after = JsonDocument.Parse(host.Shell("ip -j -s -d addr"));
        Assert.Equal(string.Empty, sonde.Error);
        Assert.Equal(0, sonde.ExitCode);
        using var ours = JsonDocument.Parse(sonde.Output);

        Assert.Empty(ours.RootElement.GetProperty("gaps").EnumerateArray());
        Dictionary<string, JsonElement> theirs = ByName(after.RootElement.EnumerateArray(), "ifname");
        Dictionary<string, JsonElement> earlier = ByName(before.RootElement.EnumerateArray(), "ifname");
        Dictionary<string, JsonElement> found = ByName(ours.RootElement.GetProperty("interfaces").EnumerateArray(), "name");
        Assert.True(theirs.Count > 1000, $"only {theirs.Count} interfaces were made");
        Assert.Equal(theirs.Keys.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        Dictionary<int, string> names = theirs.ToDictionary(one => one.Value.GetProperty("ifindex").GetInt32(), one => one.Key);
        foreach ((string name, JsonElement their) in theirs)
        {
            CompareLink(found[name], their, names);
            CompareAddresses(name, found[name], their);
            CompareCounters(name, found[name].GetProperty("counters"), earlier[name].GetProperty("stats64"), their.GetProperty("stats64"));
        }
    }

    [Fact]
    public void Default_gateways_are_those_of_the_main_table_with_their_metrics_and_legs()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell(Setup);

        using var ours = JsonDocument.Parse(host.Sonde("interfaces", "-f", "json").Output);
        IOrderedEnumerable<string> found = ours.RootElement.GetProperty("interfaces").EnumerateArray()
            .SelectMany(one => one.GetProperty("default_gateways").EnumerateArray().Select(gateway =>
                $"{gateway.GetProperty("family").GetString()} {Text(gateway, "address") ?? "on-link"} {one.GetProperty("name").GetString()} {gateway.GetProperty("metric").GetInt64()} {Text(gateway, "protocol")}"))
            .Order(StringComparer.Ordinal);

        IEnumerable<string> expected = Routes("ipv4", host.Shell("ip -j -4 route show default")).Concat(Routes("ipv6", host.Shell("ip -j -6 route show default")));
        Assert.Equal(expected.Order(StringComparer.Ordinal), found);
        Assert.Equal(6, expected.Count());
    }

    [Theory]
    [InlineData("br0", "bridge")]
    [InlineData("a7", "veth")]
    [InlineData("mv0", "macvlan")]
    [InlineData("tun0", "tun")]
    [InlineData("tap0", "tap")]
    [InlineData("vx0", "tunnel")]
    [InlineData("lo", "loopback")]
    public void The_kind_is_what_the_kernel_made(string name, string kind)
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell(Setup);

        using var ours = JsonDocument.Parse(host.Sonde("interfaces", name, "-f", "json").Output);

        Assert.Equal(kind, ours.RootElement.GetProperty("interfaces")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public void Link_speed_is_that_of_sysfs_and_has_a_reason_where_there_is_none()
    {
        using NetworkNamespace host = NeedsRoot.Namespace();
        host.Shell(Setup);

        using var ours = JsonDocument.Parse(host.Sonde("interfaces", "-f", "json").Output);
        Dictionary<string, JsonElement> found = ByName(ours.RootElement.GetProperty("interfaces").EnumerateArray(), "name");

        long megabits = long.Parse(host.Shell("cat /sys/class/net/a1/speed"), CultureInfo.InvariantCulture);
        Assert.Equal(megabits * 1_000_000, found["a1"].GetProperty("link_speed_bps").GetInt64());
        Assert.Equal(JsonValueKind.Null, found["lo"].GetProperty("link_speed_bps").ValueKind);
        Assert.StartsWith("unsupported: ", found["lo"].GetProperty("link_speed_bps_reason").GetString(), StringComparison.Ordinal);
    }

    private static void CompareLink(JsonElement ours, JsonElement theirs, Dictionary<int, string> names)
    {
        string name = theirs.GetProperty("ifname").GetString()!;
        Same(name, "index", theirs.GetProperty("ifindex").GetInt32(), ours.GetProperty("index").GetInt32());
        Same(name, "mtu", theirs.GetProperty("mtu").GetInt64(), ours.GetProperty("mtu").GetInt64());
        Same(name, "operstate", theirs.GetProperty("operstate").GetString()!.Replace("LOWERLAYERDOWN", "LOWER_LAYER_DOWN", StringComparison.Ordinal), ours.GetProperty("operational_state").GetString()!.ToUpperInvariant());
        Same(name, "link_type", theirs.GetProperty("link_type").GetString(), ours.GetProperty("link_type").GetString());
        Same(name, "address", Text(theirs, "address"), Text(ours, "mac"));
        Same(name, "broadcast", Text(theirs, "broadcast"), Text(ours, "mac_broadcast"));
        Same(name, "alias", Text(theirs, "ifalias"), Text(ours, "description"));
        Same(name, "master", Text(theirs, "master"), ours.GetProperty("master_index").ValueKind == JsonValueKind.Null ? null : names[ours.GetProperty("master_index").GetInt32()]);
        Same(name, "link", Text(theirs, "link"), ours.GetProperty("lower_index").ValueKind == JsonValueKind.Null ? null : names[ours.GetProperty("lower_index").GetInt32()]);
        Same(name, "kind", theirs.TryGetProperty("linkinfo", out JsonElement info) && Text(info, "info_kind") is { } kind ? kind : ours.GetProperty("link_type").GetString(), ours.GetProperty("kind_name").GetString());

        // ip hides RUNNING behind NO-CARRIER.
        string[] theirFlags = [.. theirs.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()!).Where(flag => !s_flagsThatIpMakesUp.ContainsKey(flag)).Order(StringComparer.Ordinal)];
        string[] ourFlags = [.. ours.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()!).Where(flag => flag != "RUNNING").Order(StringComparer.Ordinal)];
        Same(name, "flags", string.Join(' ', theirFlags), string.Join(' ', ourFlags));
        Same(name, "UP", theirFlags.Contains("UP"), ours.GetProperty("administrative_state").GetString() == "up");
    }

    private static void CompareAddresses(string name, JsonElement ours, JsonElement theirs)
    {
        JsonElement[] theirList = [.. theirs.GetProperty("addr_info").EnumerateArray().Where(one => one.TryGetProperty("local", out _))];
        JsonElement[] ourList = [.. ours.GetProperty("addresses").EnumerateArray()];
        Same(name, "number of addresses", theirList.Length, ourList.Length);
        for (int i = 0; i < theirList.Length; i++)
        {
            JsonElement their = theirList[i];
            JsonElement our = ourList[i];
            string what = $"{name} {Text(their, "local")}";
            Same(what, "local", Text(their, "local"), Text(our, "address"));
            Same(what, "family", Text(their, "family"), Text(our, "family") == "ipv4" ? "inet" : "inet6");
            Same(what, "prefixlen", their.GetProperty("prefixlen").GetInt32(), our.GetProperty("prefix_length").GetInt32());
            Same(what, "scope", Text(their, "scope"), Text(our, "scope") == "custom" ? our.GetProperty("scope_id").GetInt32().ToString(CultureInfo.InvariantCulture) : Text(our, "scope"));
            Same(what, "broadcast", Text(their, "broadcast"), Text(our, "broadcast"));
            Same(what, "label", Text(their, "label"), Text(our, "label"));
            Same(what, "peer", Text(their, "address"), Text(our, "peer"));
            SameLifetime(what, their.GetProperty("valid_life_time").GetInt64(), our.GetProperty("valid_seconds"));
            SameLifetime(what, their.GetProperty("preferred_life_time").GetInt64(), our.GetProperty("preferred_seconds"));

            string[] states = [.. our.GetProperty("state").EnumerateArray().Select(state => state.GetString()!)];
            foreach ((string theirWord, string ourWord) in new[]
                     {
                         ("dynamic", "dynamic"), ("temporary", "temporary"), ("deprecated", "deprecated"), ("dadfailed", "duplicate"), ("secondary", "secondary"),
                         ("noprefixroute", "no_prefix_route"), ("nodad", "no_duplicate_detection"), ("mngtmpaddr", "manages_temporary"), ("home", "home"), ("autojoin", "auto_join"),
                     })
            {
                Same(what, theirWord, their.TryGetProperty(theirWord, out JsonElement set) && set.GetBoolean(), states.Contains(ourWord));
            }
        }
    }

    private static void CompareCounters(string name, JsonElement ours, JsonElement before, JsonElement after)
    {
        foreach ((string way, string prefix) in new[] { ("rx", "rx"), ("tx", "tx") })
        {
            foreach ((string theirs, string our) in new[] { ("bytes", "bytes"), ("packets", "packets"), ("errors", "errors"), ("dropped", "dropped") })
            {
                ulong value = ours.GetProperty($"{prefix}_{our}").GetUInt64();
                Assert.True(
                    value >= before.GetProperty(way).GetProperty(theirs).GetUInt64() && value <= after.GetProperty(way).GetProperty(theirs).GetUInt64(),
                    $"{name} {way} {theirs}: {value} is not between {before.GetProperty(way).GetProperty(theirs)} and {after.GetProperty(way).GetProperty(theirs)}");
            }
        }
    }

    private static void Same<T>(string name, string field, T expected, T actual) =>
        Assert.True(EqualityComparer<T>.Default.Equals(expected, actual), $"{name}: {field} is {expected} for ip and {actual} for sonde");

    private static void SameLifetime(string name, long theirs, JsonElement ours)
    {
        if (theirs == uint.MaxValue)
        {
            Assert.True(ours.ValueKind == JsonValueKind.Null, $"{name}: ip says for ever, sonde says {ours}");
        }
        else
        {
            Assert.InRange(ours.GetInt64(), theirs, theirs + 3); // ip looked later
        }
    }

    private static IEnumerable<string> Routes(string family, string json)
    {
        using var parsed = JsonDocument.Parse(json.Trim().Length == 0 ? "[]" : json);
        foreach (JsonElement route in parsed.RootElement.EnumerateArray())
        {
            if (route.TryGetProperty("type", out JsonElement type) && type.GetString() != "unicast")
            {
                continue;
            }

            long metric = route.TryGetProperty("metric", out JsonElement value) ? value.GetInt64() : 0;
            IEnumerable<JsonElement> legs = route.TryGetProperty("nexthops", out JsonElement hops) ? hops.EnumerateArray() : [route];
            foreach (JsonElement leg in legs)
            {
                yield return $"{family} {Text(leg, "gateway") ?? "on-link"} {Text(leg, "dev")} {metric} {Text(route, "protocol") ?? "boot"}";
            }
        }
    }

    private static Dictionary<string, JsonElement> ByName(IEnumerable<JsonElement> elements, string key) =>
        elements.ToDictionary(one => one.GetProperty(key).GetString()!, StringComparer.Ordinal);

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
