using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Sonde.Interop.Linux.DBus;

namespace Sonde.Tun.Linux;

/// <summary>Name servers of a link in systemd-resolved, by the calls that resolvectl makes (org.freedesktop.resolve1(5)). The kernel knows none, and nothing else keeps them link by link.</summary>
/// <param name="bus">The socket of the system bus.</param>
/// <param name="networkNamespace">The network namespace of the device, as a link of /proc names it; null when it could not be read.</param>
[SupportedOSPlatform("linux")]
internal sealed class LinuxTunDns(string bus, string? networkNamespace)
{
    internal const string SystemBus = "/run/dbus/system_bus_socket";

    private const string Service = "org.freedesktop.resolve1";
    private const string ServiceProcess = "systemd-resolve"; // 15 bytes: all that the kernel keeps of the name
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;

    // Longer than a service needs that is alive.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Sets servers and domains of a link, or nothing.</summary>
    /// <param name="index">The link.</param>
    /// <param name="device">Its name.</param>
    /// <param name="dns">What it is to have.</param>
    /// <param name="hasDefaultRoute">Whether everything else goes through the link too.</param>
    /// <exception cref="TunException">There is no systemd-resolved for this namespace, or it refused.</exception>
    internal void Set(int index, string device, TunDns dns, bool hasDefaultRoute) => Talk("SetLinkDNS", device, connection =>
    {
        RequireOurNamespace(connection, device);
        AskOfNewLink(connection, Question("SetLinkDNS", "ia(iay)", new DBusWriter().WriteInt32(index).WriteArray(8, dns.Servers, static (writer, server) =>
            writer.WriteInt32(server.IsIPv4 ? AF_INET : AF_INET6).WriteBytes(Prefixes.Bytes(server)))));
        try
        {
            IEnumerable<(string Name, bool IsForRouting)> domains = [.. dns.SearchDomains.Select(static name => (name, false)), .. dns.RoutingDomains.Select(static name => (name, true))];
            connection.Ask(Question("SetLinkDomains", "ia(sb)", new DBusWriter().WriteInt32(index).WriteArray(8, domains, static (writer, domain) =>
                writer.WriteText(domain.Name).WriteBoolean(domain.IsForRouting))));

            // Without a word from here a link is asked for every name, unless it has routing domains: right only where there are no domains at all.
            if (hasDefaultRoute || domains.Any())
            {
                connection.Ask(Question("SetLinkDefaultRoute", "ib", new DBusWriter().WriteInt32(index).WriteBoolean(hasDefaultRoute)));
            }
        }
        catch (DBusException)
        {
            connection.Ask(Question("RevertLink", "i", new DBusWriter().WriteInt32(index)));
            throw;
        }
    });

    /// <summary>Takes everything back that the link has; one that is gone has nothing.</summary>
    /// <exception cref="TunException">systemd-resolved refused, or is gone.</exception>
    internal void Revert(int index, string device) => Talk("RevertLink", device, connection =>
    {
        RequireOurNamespace(connection, device);
        try
        {
            connection.Ask(Question("RevertLink", "i", new DBusWriter().WriteInt32(index)));
        }
        catch (DBusException gone) when (IsUnknownLink(gone))
        {
            // Forgotten with the device: what was wanted.
        }
    });

    private static DBusQuestion Question(string member, string signature, DBusWriter arguments) =>
        new(Service, "/org/freedesktop/resolve1", "org.freedesktop.resolve1.Manager", member, signature, arguments.ToArray());

    private static bool IsUnknownLink(DBusException refused) => refused.ErrorName == "org.freedesktop.resolve1.NoSuchLink";

    // It learns of a link that was just made by a notification of the kernel, as everybody does.
    private static void AskOfNewLink(DBusConnection connection, DBusQuestion question)
    {
        long started = Stopwatch.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (true)
        {
            try
            {
                connection.Ask(question);
                return;
            }
            catch (DBusException refused) when (IsUnknownLink(refused) && Stopwatch.GetElapsedTime(started) < s_patience)
            {
                pause.Wait(s_pause);
            }
        }
    }

    // Links are told apart by their numbers, which mean other links in another network namespace: those would lose their servers.
    private void RequireOurNamespace(DBusConnection connection, string device)
    {
        uint process = connection.Ask(new DBusQuestion("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID", Service)).Read().ReadUInt32();
        string link = $"/proc/{process}/ns/net";
        string? its;
        try
        {
            // In another pid namespace the number is another process's.
            its = File.ReadAllText($"/proc/{process}/comm").TrimEnd() == ServiceProcess ? new FileInfo(link).LinkTarget : null;
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            its = null;
        }

        if (networkNamespace is null || its is null)
        {
            throw new TunException(TunFailure.AccessDenied, $"readlink({link})", device, 0, "it cannot be told whether systemd-resolved is in this network namespace, and in another one it would change another link");
        }

        if (its != networkNamespace)
        {
            throw new TunException(TunFailure.Unavailable, $"D-Bus({Service})", device, 0, "systemd-resolved runs in another network namespace, and nothing else here keeps name servers link by link");
        }
    }

    private void Talk(string member, string device, Action<DBusConnection> talk)
    {
        try
        {
            using var connection = DBusConnection.ToBus(bus, s_patience);
            talk(connection);
        }
        catch (SocketException refused)
        {
            bool isLate = refused.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock;
            throw refused.SocketErrorCode == SocketError.AccessDenied
                ? new TunException(TunFailure.AccessDenied, $"connect({bus})", device, refused.NativeErrorCode, refused.Message, refused)
                : isLate
                    ? new TunException(TunFailure.TimedOut, $"systemd-resolved: {member}", device, refused.NativeErrorCode, "systemd-resolved did not answer", refused)
                    : new TunException(
                        TunFailure.Unavailable, $"systemd-resolved: connect({bus})", device, refused.NativeErrorCode, $"name servers of a device are kept by systemd-resolved, which cannot be reached here: {refused.Message}", refused);
        }
        catch (DBusException refused)
        {
            (TunFailure failure, string reason) = refused switch
            {
                { IsUnknownService: true } => (TunFailure.Unavailable, $"name servers of a device are kept by systemd-resolved, which does not run here ({refused.Message})"),
                { IsAccessDenied: true } => (TunFailure.AccessDenied, refused.Message),
                { ErrorName: "org.freedesktop.resolve1.LinkBusy" } => (TunFailure.Busy, refused.Message),
                { ErrorName: "org.freedesktop.DBus.Error.InvalidArgs" } => (TunFailure.Invalid, refused.Message),
                _ when IsUnknownLink(refused) => (TunFailure.Gone, refused.Message),
                _ => (TunFailure.System, refused.Message),
            };
            throw new TunException(failure, $"systemd-resolved: {member}", device, 0, reason, refused);
        }
    }
}
