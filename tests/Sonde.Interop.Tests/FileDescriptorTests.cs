using System.Runtime.Versioning;
using Sonde.Interop.Linux;
using Sonde.Testing;

namespace Sonde.Interop.Tests;

[SupportedOSPlatform("linux")]
public sealed class FileDescriptorTests
{
    [Fact]
    public void A_refused_open_is_an_invalid_descriptor_whatever_the_upper_half_of_the_register_holds()
    {
        NativeException refused = Assert.Throws<NativeException>(() => LibC.ReadFile("/proc/self/there is no such file", 4096, out _));

        Assert.Equal("open", refused.Operation);
        Assert.Equal(Unix.LibC.ENOENT, refused.Error.Code);
    }

    [Fact]
    public void An_interface_socket_leaves_no_descriptor_behind()
    {
        IReadOnlyDictionary<string, string> before = OpenDescriptors.List();
        using (var socket = InterfaceSocket.Open())
        {
            ifreq request = InterfaceSocket.About("lo"u8);
            Assert.True(socket.TryAsk(LibC.SIOCGIFINDEX, ref request, out _));
            Assert.Equal(1, request.ifr_ifindex);
        }

        Assert.DoesNotContain(OpenDescriptors.NewSince(before), descriptor => descriptor.Contains("socket", StringComparison.Ordinal));
    }
}
