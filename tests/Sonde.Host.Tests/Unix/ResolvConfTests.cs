using System.Text;
using Sonde.Host.Resolvers.Unix;

namespace Sonde.Host.Tests.Unix;

public sealed class ResolvConfTests
{
    [Fact]
    public void Servers_domains_and_options_are_read_as_the_C_library_reads_them()
    {
        ResolvConf conf = Parse("""
            # made by hand
            ; another comment
            nameserver 192.0.2.53
            nameserver	2001:db8::53
            nameserver fe80::1%2
            domain old.example
            search corp.example. lab.example
            options ndots:2 rotate
            options timeout:1
            sortlist 10.0.0.0/8
            """);

        Assert.Equal(["192.0.2.53", "2001:db8::53", "fe80::1%2"], conf.Servers.Select(server => server.ToString()));
        Assert.Equal(["corp.example", "lab.example"], conf.SearchDomains);
        Assert.Equal(["ndots:2", "rotate", "timeout:1", "sortlist 10.0.0.0/8"], conf.Options);
        Assert.Equal(0, conf.Skipped);
    }

    [Theory]
    [InlineData("nameserver not-an-address")]
    [InlineData("nameserver")]
    [InlineData(" nameserver 192.0.2.1")]
    [InlineData("nameservr 192.0.2.1")]
    [InlineData("\u0001\u0002")]
    public void A_line_that_means_nothing_is_counted(string line)
    {
        ResolvConf conf = Parse(line);

        Assert.Empty(conf.Servers);
        Assert.Equal(1, conf.Skipped);
    }

    [Fact]
    public void The_last_search_or_domain_line_counts() =>
        Assert.Equal(["only.example"], Parse("search a.example b.example\ndomain only.example\n").SearchDomains);

    [Fact]
    public void The_root_domain_stays_a_dot() => Assert.Equal(["."], Parse("search .").SearchDomains);

    [Fact]
    public void A_huge_file_is_bounded_and_the_rest_is_counted()
    {
        ResolvConf conf = Parse(string.Concat(Enumerable.Repeat("nameserver 192.0.2.1\n", 10_000)));

        Assert.Equal(4096, conf.Servers.Count);
        Assert.Equal(10_000 - 4096, conf.Skipped);
    }

    [Fact]
    public void Windows_line_ends_and_missing_last_line_end_do_not_matter() =>
        Assert.Equal(["192.0.2.1", "192.0.2.2"], Parse("nameserver 192.0.2.1\r\nnameserver 192.0.2.2").Servers.Select(server => server.ToString()));

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(17);
        byte[] bytes = new byte[300];
        for (int round = 0; round < 5_000; round++)
        {
            random.NextBytes(bytes);
            ResolvConf conf = ResolvConf.Parse(bytes);
            Assert.InRange(conf.Servers.Count, 0, 300);
        }
    }

    private static ResolvConf Parse(string text) => ResolvConf.Parse(Encoding.UTF8.GetBytes(text));
}
