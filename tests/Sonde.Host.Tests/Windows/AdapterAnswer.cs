using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Tests.Windows;

/// <summary>Builds what GetAdaptersAddresses would have written, at an address of our choice.</summary>
internal sealed class AdapterAnswer
{
    internal const nint Base = 0x7000_1000;

    private readonly List<byte> _bytes = [];

    /// <summary>The answer so far, as the parser gets it.</summary>
    internal AddressedBytes Bytes => new(_bytes.ToArray(), Base);

    internal int Length => _bytes.Count;

    /// <summary>Where the next thing that is added will lie.</summary>
    internal nint Next => Base + ((_bytes.Count + 7) & ~7);

    internal byte[] ToArray() => [.. _bytes];

    internal nint Add<T>(in T value)
        where T : unmanaged => Add(NativeStruct.AsBytes(in value));

    internal nint AddText(string text) => Add(MemoryMarshal.AsBytes((text + "\0").AsSpan()));

    internal nint AddNarrow(string text) => Add(Encoding.ASCII.GetBytes(text + "\0"));

    internal SOCKET_ADDRESS AddAddress(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        byte[] socket = new byte[bytes.Length == 4 ? 16 : 28];
        socket[0] = (byte)(bytes.Length == 4 ? 2 : 23);
        bytes.CopyTo(socket, bytes.Length == 4 ? 4 : 8);
        return new SOCKET_ADDRESS { lpSockaddr = Add(socket), iSockaddrLength = socket.Length };
    }

    internal void Replace<T>(nint pointer, in T value)
        where T : unmanaged
    {
        ReadOnlySpan<byte> source = NativeStruct.AsBytes(in value);
        for (int i = 0; i < source.Length; i++)
        {
            _bytes[(int)(pointer - Base) + i] = source[i];
        }
    }

    internal nint Add(ReadOnlySpan<byte> bytes)
    {
        nint place = Next;
        CollectionsMarshal.SetCount(_bytes, (int)(place - Base));
        _bytes.AddRange(bytes);
        return place;
    }

    /// <summary>An adapter with one of everything.</summary>
    internal static AdapterAnswer OneAdapter()
    {
        var answer = new AdapterAnswer();
        nint start = answer.Add(default(IP_ADAPTER_ADDRESSES_LH));
        var adapter = new IP_ADAPTER_ADDRESSES_LH
        {
            Length = (uint)NativeStruct.SizeOf<IP_ADAPTER_ADDRESSES_LH>(),
            IfIndex = 7,
            Ipv6IfIndex = 7,
            AdapterName = answer.AddNarrow("{GUID}"),
            FriendlyName = answer.AddText("Ethernet 2"),
            Description = answer.AddText("A card"),
            DnsSuffix = answer.AddText("corp.example."),
            PhysicalAddressLength = 6,
            Mtu = 1500,
            IfType = 6,
            OperStatus = 1,
            Luid = 42,
        };
        adapter.PhysicalAddress[0] = 2;
        adapter.PhysicalAddress[5] = 9;
        adapter.FirstUnicastAddress = answer.Add(new IP_ADAPTER_UNICAST_ADDRESS_LH
        {
            Address = answer.AddAddress(IPAddress.Parse("192.0.2.5")),
            OnLinkPrefixLength = 24,
            DadState = 4,
            ValidLifetime = 60,
            PreferredLifetime = 30,
        });
        adapter.FirstDnsServerAddress = answer.Add(new IP_ADAPTER_DNS_SERVER_ADDRESS_XP { Address = answer.AddAddress(IPAddress.Parse("2001:db8::53")) });
        adapter.FirstGatewayAddress = answer.Add(new IP_ADAPTER_GATEWAY_ADDRESS_LH { Address = answer.AddAddress(IPAddress.Parse("192.0.2.1")) });
        adapter.FirstDnsSuffix = answer.Next;
        answer.Add(NativeStruct.AsBytes(default(nint)).ToArray().Concat(MemoryMarshal.AsBytes("lab.example\0".AsSpan()).ToArray()).ToArray());
        answer.Replace(start, in adapter);
        return answer;
    }
}
