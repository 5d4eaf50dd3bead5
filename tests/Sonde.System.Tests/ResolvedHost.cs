using System.Diagnostics;
using System.Runtime.Versioning;
using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>A network namespace with a real systemd-resolved on a private D-Bus, for code that runs on the namespace's thread and for children.</summary>
/// <remarks>Its /run, users and bus are its own: nothing of the machine's is touched. The programs end with it, or with the thread that started them.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class ResolvedHost : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Stack<Process> _programs = new();

    /// <summary>A script for a mount namespace of its own: /run, the users and the settings of the bus are the test's; nothing of the machine's is touched.</summary>
    internal const string Places = """
        set -e
        mount -t tmpfs none /run
        mkdir -p /run/dbus /run/systemd/resolve
        { cat /etc/passwd; echo 'systemd-resolve:x:990:990::/:/usr/sbin/nologin'; } > /run/passwd
        { cat /etc/group; echo 'systemd-resolve:x:990:'; } > /run/group
        mount --bind /run/passwd /etc/passwd
        mount --bind /run/group /etc/group
        chown 990:990 /run/systemd/resolve
        cat > /run/bus.conf <<X
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen>
        <policy context="default"><allow user="*"/><allow own="*"/><allow eavesdrop="false"/><allow send_destination="*"/><allow send_type="method_call"/></policy></busconfig>
        X
        """;

    internal ResolvedHost(bool hasService = true)
    {
        Space = NeedsRoot.Namespace();
        bool has = ChildProcess.Shell("command -v dbus-daemon && { command -v resolvectl || [ -x \"$SONDE_RESOLVED/usr/bin/resolvectl\" ]; }").ExitCode == 0;
        if (!has)
        {
            Space.Dispose();
            Assert.Skip("needs dbus-daemon and systemd-resolved (./test installs them)");
        }

        Space.Shell(Places);
        Start("dbus-daemon --config-file=/run/bus.conf --nofork --nopidfile");
        Assert.True(SpinWait.SpinUntil(() => Space.Shell("[ -S /run/dbus/system_bus_socket ] && echo yes || true").Length > 0, s_patience), "no bus");
        if (hasService)
        {
            Start("\"$([ -x \"$SONDE_RESOLVED/lib/systemd/systemd-resolved\" ] && echo \"$SONDE_RESOLVED\")/lib/systemd/systemd-resolved\"");
            Assert.True(SpinWait.SpinUntil(() => Space.Run(() => ChildProcess.Shell($"{Tools} timeout 2 resolvectl status")).ExitCode == 0, s_patience), "no systemd-resolved");
        }
    }

    internal NetworkNamespace Space { get; }

    private static string Tools => "PATH=\"$SONDE_RESOLVED/usr/bin:$PATH\"";

    /// <summary>What systemd's own program says of a link, without the link's name in front.</summary>
    internal string Resolvectl(string verb, string link)
    {
        string text = Space.Shell($"{Tools} resolvectl {verb} {link}").Trim();
        return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    public void Dispose()
    {
        while (_programs.TryPop(out Process? program))
        {
            program.Kill();
            program.WaitForExit();
            program.Dispose();
        }

        Space.Dispose();
    }

    private void Start(string command) => _programs.Push(Space.Run(() => Process.Start(new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", "/bin/sh", "-c", $"exec {command} >/run/log 2>&1"]))!)); // it is there, or Start throws
}
