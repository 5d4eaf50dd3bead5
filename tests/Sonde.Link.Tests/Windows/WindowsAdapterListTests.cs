using System.Runtime.InteropServices;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Link.Windows;

namespace Sonde.Link.Tests.Windows;

/// <summary>Reading what GetAdaptersAddresses and GetIfTable2 wrote, out of bytes made here.</summary>
public sealed class WindowsAdapterListTests
{
    private const nint Address = 0x10_0000;

    [Fact]
    public void No_bytes_are_no_adapters() => Assert.Empty(WindowsAdapterList.Parse(new AddressedBytes([], 0)));

    [Fact]
    public void An_adapter_has_what_frames_need()
    {
        byte[] answer = Answer();

        WindowsAdapter adapter = Assert.Single(WindowsAdapterList.Parse(new AddressedBytes(answer, Address)));

        Assert.Equal("{0A1B2C3D-1111-2222-3333-444455556666}", adapter.Guid);
        Assert.Equal("Ethernet 2", adapter.FriendlyName);
        Assert.Equal(12, adapter.Index);
        Assert.Equal(77ul, adapter.Luid);
        Assert.Equal("02:00:5e:10:00:01", adapter.HardwareAddress.ToString());
        Assert.Equal(int.MaxValue, adapter.Mtu);
        Assert.True(adapter.IsLoopback);
        Assert.Equal(["192.0.2.7", "fe80::7"], adapter.Addresses.Select(static address => address.Value.ToString()));
        Assert.Equal([24, 64], adapter.Addresses.Select(static address => address.PrefixLength));
        Assert.Equal("fe80::7%9", adapter.Addresses[1].ToBindable().ToString());
        Assert.Equal("192.0.2.7", adapter.Addresses[0].ToBindable().ToString());
    }

    [Fact]
    public void Every_cut_and_every_change_is_survived()
    {
        byte[] answer = Answer();
        for (int length = 0; length < answer.Length; length++)
        {
            Assert.InRange(WindowsAdapterList.Parse(new AddressedBytes(answer.AsSpan(0, length), Address)).Count, 0, 1);
        }

        var random = new Random(11);
        for (int i = 0; i < 3000; i++)
        {
            byte[] changed = [.. answer];
            changed[random.Next(changed.Length)] = (byte)random.Next();
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            Assert.InRange(WindowsAdapterList.Parse(new AddressedBytes(changed, Address)).Count, 0, 100_000);
        }
    }

    [Fact]
    public void A_circle_ends()
    {
        byte[] answer = Answer();
        MemoryMarshal.Write(answer.AsSpan(8), Address); // Next is the adapter itself

        Assert.Single(WindowsAdapterList.Parse(new AddressedBytes(answer, Address)));
    }

    [Fact]
    public void A_row_of_the_interface_table_is_an_adapter_too_and_a_filter_module_is_none()
    {
        MIB_IF_ROW2 row = new() { InterfaceGuid = Guid.Parse("0a1b2c3d-1111-2222-3333-444455556666"), InterfaceIndex = 5, InterfaceLuid = 6, Mtu = 1500, Type = 6, PhysicalAddressLength = 6 };
        "EtherCAT".CopyTo(row.Alias);
        ((Span<byte>)row.PhysicalAddress)[5] = 9;

        WindowsAdapter? adapter = WindowsAdapterList.Read(row);

        Assert.Equal(("{0A1B2C3D-1111-2222-3333-444455556666}", "EtherCAT", 5, 1500), (adapter!.Guid, adapter.FriendlyName, adapter.Index, adapter.Mtu));
        Assert.Equal("00:00:00:00:00:09", adapter.HardwareAddress.ToString());
        row.PhysicalAddressLength = 8;
        Assert.Equal(default, WindowsAdapterList.Read(row)!.HardwareAddress);
        row.InterfaceAndOperStatusFlags = 0x02;
        Assert.Null(WindowsAdapterList.Read(row));
    }

    // One adapter with an address of each version, as the system lays it out: structs whose pointers point into the same bytes.
    private static byte[] Answer()
    {
        byte[] bytes = new byte[2048];
        int used = 0;
        int adapterAt = Take(NativeStruct.SizeOf<IP_ADAPTER_ADDRESSES_LH>());
        int firstAt = Take(NativeStruct.SizeOf<IP_ADAPTER_UNICAST_ADDRESS_LH>());
        int secondAt = Take(NativeStruct.SizeOf<IP_ADAPTER_UNICAST_ADDRESS_LH>());
        int name = Put(Encoding.ASCII.GetBytes("{0a1b2c3d-1111-2222-3333-444455556666}\0"));
        int friendly = Put(Encoding.Unicode.GetBytes("Ethernet 2\0"));
        int four = Put([2, 0, 0, 0, 192, 0, 2, 7, 0, 0, 0, 0, 0, 0, 0, 0]);
        int six = Put([23, 0, 0, 0, 0, 0, 0, 0, 0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 9, 0, 0, 0]);

        IP_ADAPTER_ADDRESSES_LH adapter = new()
        {
            Length = (uint)NativeStruct.SizeOf<IP_ADAPTER_ADDRESSES_LH>(),
            Ipv6IfIndex = 12, // IPv4 is not bound
            AdapterName = Address + name,
            FriendlyName = Address + friendly,
            FirstUnicastAddress = Address + firstAt,
            PhysicalAddressLength = 6,
            Mtu = uint.MaxValue,
            IfType = 24,
            Luid = 77,
        };
        new byte[] { 2, 0, 0x5E, 0x10, 0, 1 }.CopyTo((Span<byte>)adapter.PhysicalAddress);
        MemoryMarshal.Write(bytes.AsSpan(adapterAt), adapter);
        IP_ADAPTER_UNICAST_ADDRESS_LH first = new() { Next = Address + secondAt, OnLinkPrefixLength = 24 };
        first.Address.lpSockaddr = Address + four;
        MemoryMarshal.Write(bytes.AsSpan(firstAt), first);
        IP_ADAPTER_UNICAST_ADDRESS_LH second = new() { OnLinkPrefixLength = 64 };
        second.Address.lpSockaddr = Address + six;
        MemoryMarshal.Write(bytes.AsSpan(secondAt), second);
        return bytes;

        int Take(int size)
        {
            int at = used;
            used += (size + 7) & ~7;
            return at;
        }

        int Put(ReadOnlySpan<byte> content)
        {
            int at = Take(content.Length);
            content.CopyTo(bytes.AsSpan(at));
            return at;
        }
    }
}
