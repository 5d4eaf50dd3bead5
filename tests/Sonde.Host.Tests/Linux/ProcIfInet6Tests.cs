using System.Net;
using System.Text;
using Sonde.Host.Interfaces;
using Sonde.Host.Interfaces.Linux;

namespace Sonde.Host.Tests.Linux;

public sealed class ProcIfInet6Tests
{
    // Recorded on Linux 6.18.
    private const string Recorded =
        "00000000000000000000000000000001 01 80 10 80       lo\n" +
        "fd000000000000000000000000000002 04 40 00 82     eth0\n" +
        "fe8000000000000000fc00fffe000001 04 40 20 80     eth0\n";

    [Fact]
    public void Addresses_have_their_index_prefix_scope_and_flags()
    {
        var parsed = ProcIfInet6.Parse(Encoding.ASCII.GetBytes(Recorded));

        Assert.Equal(0, parsed.Skipped);
        Assert.Equal([1, 4, 4], parsed.Addresses.Select(one => one.InterfaceIndex));
        Assert.Equal(
            [IPAddress.IPv6Loopback, IPAddress.Parse("fd00::2"), IPAddress.Parse("fe80::fc:ff:fe00:1%4")],
            parsed.Addresses.Select(one => one.Address.Address));
        Assert.Equal([128, 64, 64], parsed.Addresses.Select(one => one.Address.PrefixLength));
        Assert.Equal([AddressScope.Host, AddressScope.Global, AddressScope.Link], parsed.Addresses.Select(one => one.Address.Scope));
        Assert.Equal([254, 0, 253], parsed.Addresses.Select(one => one.Address.ScopeId));
        Assert.Equal([AddressState.None, AddressState.NoDuplicateDetection, AddressState.None], parsed.Addresses.Select(one => one.Address.State));
    }

    [Fact]
    public void What_the_file_does_not_hold_has_a_reason()
    {
        InterfaceAddress address = ProcIfInet6.Parse(Encoding.ASCII.GetBytes(Recorded)).Addresses[1].Address;

        Assert.Equal(ReadingStatus.Unsupported, address.Peer.Status);
        Assert.Equal(ReadingStatus.Unsupported, address.ValidLifetime.Status);
        Assert.Equal(ReadingStatus.Unsupported, address.PreferredLifetime.Status);
        Assert.NotNull(address.ValidLifetime.Reason);
    }

    [Theory]
    [InlineData("01", AddressState.Temporary | AddressState.Dynamic)]
    [InlineData("c0", AddressState.Tentative)]
    [InlineData("88", AddressState.Duplicate)]
    [InlineData("a4", AddressState.Deprecated | AddressState.Optimistic)]
    public void Flags_have_the_meaning_of_the_kernels_bits(string flags, AddressState expected) =>
        Assert.Equal(expected, ProcIfInet6.Parse(Encoding.ASCII.GetBytes($"fd000000000000000000000000000002 1388 40 00 {flags} x\n")).Addresses[0].Address.State);

    [Theory]
    [InlineData("fd00000000000000000000000000002 04 40 00 82 eth0")]
    [InlineData("fd0000000000000000000000000000022 04 40 00 82 eth0")]
    [InlineData("gd000000000000000000000000000002 04 40 00 82 eth0")]
    [InlineData("fd000000000000000000000000000002 00 40 00 82 eth0")]
    [InlineData("fd000000000000000000000000000002 80000000 40 00 82 eth0")]
    [InlineData("fd000000000000000000000000000002 04 81 00 82 eth0")]
    [InlineData("fd000000000000000000000000000002 04 40 00")]
    [InlineData("fd000000000000000000000000000002 04 40 00 -1 eth0")]
    [InlineData("")]
    public void A_line_that_lies_is_skipped_and_counted(string line)
    {
        var parsed = ProcIfInet6.Parse(Encoding.ASCII.GetBytes(line + "\n" + Recorded));

        Assert.Equal(3, parsed.Addresses.Count);
        Assert.Equal(1, parsed.Skipped);
    }

    [Fact]
    public void A_prefix_holds_the_whole_lines_only_and_counts_the_torn_one()
    {
        byte[] recorded = Encoding.ASCII.GetBytes(Recorded);
        var whole = ProcIfInet6.Parse(recorded);
        ProcFuzz.EveryPrefix(recorded, prefix =>
        {
            var parsed = ProcIfInet6.Parse(prefix);

            Assert.Equal(prefix.Count(one => one == '\n'), parsed.Addresses.Count);
            Assert.Equal(prefix.Length == 0 || prefix[^1] == '\n' ? 0 : 1, parsed.Skipped);
            Assert.Equal(whole.Addresses.Take(parsed.Addresses.Count), parsed.Addresses);
        });
    }

    [Fact]
    public void No_mutation_throws_and_every_line_is_an_address_or_skipped() =>
        ProcFuzz.Mutations(Encoding.ASCII.GetBytes(Recorded), 20_000, bytes =>
        {
            var parsed = ProcIfInet6.Parse(bytes);

            Assert.Equal(bytes.AsSpan().Count((byte)'\n') + (bytes[^1] == '\n' ? 0 : 1), parsed.Addresses.Count + parsed.Skipped);
        });
}
