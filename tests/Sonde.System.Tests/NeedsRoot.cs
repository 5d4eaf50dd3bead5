using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>Makes a namespace, or skips the test with the reason why none can be made.</summary>
internal static class NeedsRoot
{
    internal static NetworkNamespace Namespace()
    {
        string? why = NetworkNamespace.WhyNot();
        Assert.SkipWhen(why is not null, why ?? string.Empty);
        return new NetworkNamespace();
    }

    /// <summary>A namespace in which the kernel says nothing by itself: new interfaces have no IPv6, whose discovery sends packets when it likes.</summary>
    internal static NetworkNamespace QuietNamespace()
    {
        NetworkNamespace space = Namespace();
        space.Shell("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
        return space;
    }
}
