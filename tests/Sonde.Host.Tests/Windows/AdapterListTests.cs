using System.Net;
using Sonde.Host.Interfaces.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Tests.Windows;

public sealed class AdapterListTests
{
    [Fact]
    public void An_adapter_is_read_with_all_its_lists()
    {
        AdapterList list = AdapterList.Parse(AdapterAnswer.OneAdapter().Bytes);

        Adapter adapter = Assert.Single(list.Adapters);
        Assert.Equal(0, list.Skipped);
        Assert.Equal("{GUID}", adapter.Name);
        Assert.Equal("Ethernet 2", adapter.FriendlyName);
        Assert.Equal("A card", adapter.Description);
        Assert.Equal(7u, adapter.Index);
        Assert.Equal(42ul, adapter.Luid);
        Assert.Equal("02:00:00:00:00:09", adapter.HardwareAddress.ToString());
        Assert.Equal(new AdapterAddress(IPAddress.Parse("192.0.2.5"), 24, 0, 0, 4, 60, 30), Assert.Single(adapter.Addresses));
        Assert.Equal([IPAddress.Parse("2001:db8::53")], adapter.DnsServers);
        Assert.Equal([IPAddress.Parse("192.0.2.1")], adapter.Gateways);
        Assert.Equal(["corp.example", "lab.example"], adapter.DnsSuffixes);
    }

    [Fact]
    public void No_bytes_are_no_adapters()
    {
        AdapterList list = AdapterList.Parse(new AddressedBytes([], 0x1000));

        Assert.Empty(list.Adapters);
        Assert.Equal(0, list.Skipped);
    }

    [Fact]
    public void No_prefix_of_an_answer_makes_the_parser_throw()
    {
        byte[] whole = AdapterAnswer.OneAdapter().ToArray();

        for (int length = 0; length <= whole.Length; length++)
        {
            AdapterList list = AdapterList.Parse(new AddressedBytes(whole.AsSpan(0, length), AdapterAnswer.Base));

            Assert.InRange(list.Adapters.Count, 0, 1);
            Assert.True(length == 0 || list.Skipped > 0 || list.Adapters.Count == 1, $"nothing said about {length} bytes");
        }
    }

    [Fact]
    public void No_changed_byte_makes_the_parser_throw_or_run_on()
    {
        byte[] whole = AdapterAnswer.OneAdapter().ToArray();
        var random = new Random(20_261_121);

        for (int round = 0; round < 20_000; round++)
        {
            byte[] hostile = [.. whole];
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                hostile[random.Next(hostile.Length)] = (byte)random.Next(256);
            }

            AdapterList list = AdapterList.Parse(new AddressedBytes(hostile, AdapterAnswer.Base));

            Assert.InRange(list.Adapters.Count, 0, (whole.Length / 16) + 1);
        }
    }

    [Fact]
    public void Addresses_in_a_circle_end_and_are_counted()
    {
        AdapterAnswer answer = AdapterAnswer.OneAdapter();
        Assert.True(NativeStruct.TryRead(answer.ToArray(), out IP_ADAPTER_ADDRESSES_LH adapter));
        Assert.True(answer.Bytes.TryRead(adapter.FirstUnicastAddress, out IP_ADAPTER_UNICAST_ADDRESS_LH address));
        address.Next = adapter.FirstUnicastAddress;
        answer.Replace(adapter.FirstUnicastAddress, in address);

        AdapterList list = AdapterList.Parse(answer.Bytes);

        Assert.InRange(Assert.Single(list.Adapters).Addresses.Count, 1, answer.Length / 16);
        Assert.True(list.Skipped > 0);
    }

    [Fact]
    public void A_pointer_out_of_the_answer_is_skipped_and_counted()
    {
        AdapterAnswer answer = AdapterAnswer.OneAdapter();
        Assert.True(NativeStruct.TryRead(answer.ToArray(), out IP_ADAPTER_ADDRESSES_LH adapter));
        adapter.FirstDnsServerAddress = 0x10;
        adapter.FriendlyName = AdapterAnswer.Base - 1;
        answer.Replace(AdapterAnswer.Base, in adapter);

        AdapterList list = AdapterList.Parse(answer.Bytes);

        Assert.Equal(1, list.Skipped);
        Assert.Empty(list.Adapters[0].DnsServers);
        Assert.Equal(string.Empty, list.Adapters[0].FriendlyName);
        Assert.Single(list.Adapters[0].Addresses);
    }

    [Fact]
    public void A_shorter_struct_of_an_older_system_leaves_the_rest_zero()
    {
        AdapterAnswer answer = AdapterAnswer.OneAdapter();
        Assert.True(NativeStruct.TryRead(answer.ToArray(), out IP_ADAPTER_ADDRESSES_LH adapter));
        adapter.Length = 144; // as Windows XP declared it for 32 bits; here it cuts after the indices' first words
        adapter.Luid = ulong.MaxValue;
        answer.Replace(AdapterAnswer.Base, in adapter);

        Adapter read = Assert.Single(AdapterList.Parse(answer.Bytes).Adapters);

        Assert.Equal("Ethernet 2", read.FriendlyName);
        Assert.Equal(0ul, read.Luid);
        Assert.Empty(read.Gateways);
    }

    [Fact]
    public void Five_thousand_adapters_are_read()
    {
        var answer = new AdapterAnswer();
        nint name = answer.Add(default(IP_ADAPTER_ADDRESSES_LH));
        var adapter = new IP_ADAPTER_ADDRESSES_LH { Length = (uint)NativeStruct.SizeOf<IP_ADAPTER_ADDRESSES_LH>() };
        for (uint i = 1; i <= 5000; i++)
        {
            adapter.IfIndex = i;
            adapter.Next = i == 5000 ? 0 : answer.Next;
            answer.Replace(name, in adapter);
            if (i < 5000)
            {
                name = answer.Add(default(IP_ADAPTER_ADDRESSES_LH));
            }
        }

        AdapterList list = AdapterList.Parse(answer.Bytes);

        Assert.Equal(5000, list.Adapters.Count);
        Assert.Equal(5000u, list.Adapters[^1].Index);
        Assert.Equal(0, list.Skipped);
    }
}
