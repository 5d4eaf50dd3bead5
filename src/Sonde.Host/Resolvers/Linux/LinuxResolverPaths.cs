namespace Sonde.Host.Resolvers.Linux;

/// <summary>Where resolver configuration lies; a test points these elsewhere.</summary>
/// <param name="ResolvConf">The C library's configuration.</param>
/// <param name="ResolvedRuntime">The folder that systemd-resolved makes while it runs.</param>
/// <param name="SystemBus">The socket of the D-Bus system bus.</param>
internal sealed record LinuxResolverPaths(string ResolvConf, string ResolvedRuntime, string SystemBus)
{
    internal static LinuxResolverPaths Default { get; } = new("/etc/resolv.conf", "/run/systemd/resolve", "/run/dbus/system_bus_socket");
}
