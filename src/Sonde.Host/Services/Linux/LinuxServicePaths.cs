namespace Sonde.Host.Services.Linux;

/// <summary>Where systemd listens and where its units lie; a test points these elsewhere.</summary>
/// <param name="Booted">The folder that exists only where systemd is the first process (sd_booted(3)).</param>
/// <param name="PrivateSocket">The socket on which systemd itself answers root.</param>
/// <param name="SystemBus">The socket of the D-Bus system bus.</param>
/// <param name="UnitFolders">Where unit files lie, the ones that win first (systemd.unit(5)).</param>
/// <param name="Root">What other systems for services are looked for under.</param>
internal sealed record LinuxServicePaths(string Booted, string PrivateSocket, string SystemBus, IReadOnlyList<string> UnitFolders, string Root)
{
    internal static LinuxServicePaths Default { get; } = new(
        "/run/systemd/system",
        "/run/systemd/private",
        "/run/dbus/system_bus_socket",
        [
            "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient", "/run/systemd/generator.early", "/etc/systemd/system", "/run/systemd/system",
            "/run/systemd/generator", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system", "/run/systemd/generator.late",
        ],
        "/");
}
