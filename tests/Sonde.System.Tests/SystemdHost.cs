using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>A real systemd that is the first process of its own namespaces, with a handful of units and a real D-Bus, asked once by everybody.</summary>
/// <remarks>Its cgroup, mounts, processes, host name and /run are its own; nothing of the machine's systemd is touched. It ends with the script.</remarks>
public sealed class SystemdHost
{
    // What the first shell does: a control group of its own, so that systemd takes that one for the root, and only what is in it for its processes.
    private const string Outer = """
        set -e
        mount --make-rprivate /
        mount -t tmpfs none /sys/fs/cgroup
        mount -t cgroup2 none /sys/fs/cgroup
        group=/sys/fs/cgroup/sonde-test-$$
        mkdir $group
        clean() {
          i=0
          until find $group -depth -type d -exec rmdir {} \; 2>/dev/null && ! [ -d $group ]; do i=$((i+1)); [ $i -lt 100 ] || break; sleep 0.05; done
        }
        trap clean EXIT
        sh -c 'echo $$ > "$0/cgroup.procs"; exec unshare --cgroup --mount --pid --fork --kill-child /bin/sh -c "$INNER"' $group || true
        """;

    // Below it: units, then systemd in place of the shell, and beside it whoever asks questions and switches it off.
    private const string Inner = """
        set -e
        mount -t proc proc /proc
        umount /sys/fs/cgroup
        mount -t cgroup2 none /sys/fs/cgroup
        mount -t tmpfs none /run
        mkdir -p /run/units /run/dbus
        cd /run/units
        unit() { cat > "$1"; }
        unit probe.target <<X
        [Unit]
        Requires=dbus.socket
        Wants=dbus.service one.service two.service bad.service killed.service flaky.service inst@alpha.service odd\x2dname.service probe.timer probe.socket
        X
        unit dbus.socket <<X
        [Unit]
        DefaultDependencies=no
        [Socket]
        ListenStream=/run/dbus/system_bus_socket
        X
        unit dbus.service <<X
        [Unit]
        Description=The message bus
        DefaultDependencies=no
        Requires=dbus.socket
        [Service]
        Type=notify
        ExecStart=/usr/bin/dbus-daemon --config-file=/run/bus.conf --address=systemd: --nofork --nopidfile --systemd-activation
        X
        unit one.service <<X
        [Unit]
        Description=Sleeps – "quoted" and ünïcode
        DefaultDependencies=no
        [Service]
        ExecStart=/bin/sleep 1000000
        ExecStartPre=/bin/true
        User=nobody
        [Install]
        WantedBy=probe.target
        X
        unit two.service <<X
        [Unit]
        Description=Runs once and stays
        DefaultDependencies=no
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/bin/sh -c true --password=geheim
        ExecStart=/bin/true
        X
        unit bad.service <<X
        [Unit]
        DefaultDependencies=no
        [Service]
        ExecStart=/bin/sh -c "exit 3"
        X
        unit killed.service <<X
        [Unit]
        DefaultDependencies=no
        [Service]
        ExecStart=/bin/sh -c 'kill -9 \$\$\$\$'
        X
        unit flaky.service <<X
        [Unit]
        DefaultDependencies=no
        StartLimitIntervalSec=1000
        StartLimitBurst=3
        [Service]
        Restart=always
        RestartSec=10ms
        ExecStart=/bin/false
        X
        unit inst@.service <<X
        [Unit]
        Description=An instance called %i
        DefaultDependencies=no
        [Service]
        ExecStart=/bin/sleep 1000001
        X
        unit 'odd\x2dname.service' <<X
        [Unit]
        DefaultDependencies=no
        [Service]
        ExecStart=/bin/sleep 1000002
        X
        unit probe.timer <<X
        [Unit]
        DefaultDependencies=no
        [Timer]
        OnBootSec=10h
        Unit=two.service
        X
        unit probe.socket <<X
        [Unit]
        DefaultDependencies=no
        [Socket]
        ListenStream=/run/probe
        Service=never.service
        X
        unit never.service <<X
        [Unit]
        DefaultDependencies=no
        [Service]
        ExecStart=/bin/true
        X
        unit idle.service <<X
        [Unit]
        Description=On disk only
        DefaultDependencies=no
        [Service]
        ExecStart=/bin/true
        [Install]
        WantedBy=probe.target
        X
        ln -s /dev/null masked.service
        mkdir -p /run/lent/units
        unit manager.service <<X
        [Unit]
        DefaultDependencies=no
        [Service]
        Type=notify
        Delegate=yes
        Environment=XDG_RUNTIME_DIR=/run/lent SYSTEMD_UNIT_PATH=/run/lent/units
        ExecStart=/lib/systemd/systemd --user --unit=mine.target --log-target=null
        X
        unit /run/lent/units/mine.target <<X
        [Unit]
        DefaultDependencies=no
        Wants=mine.service ended.service
        X
        unit /run/lent/units/mine.service <<X
        [Unit]
        Description=Runs for one user
        DefaultDependencies=no
        [Service]
        ExecStart=/bin/sleep 1000003
        X
        unit /run/lent/units/ended.service <<X
        [Unit]
        DefaultDependencies=no
        [Service]
        ExecStart=/bin/sh -c "exit 4"
        X
        unit ../bus.conf <<X
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen>
        <policy context="default"><allow user="*"/><allow own="*"/><allow eavesdrop="false"/><allow send_destination="*"/><allow send_type="method_call"/></policy></busconfig>
        X
        export SYSTEMD_UNIT_PATH=/run/units container=sonde-test LC_ALL=C
        cd /
        (
          set +e
          part() { echo "=== $1"; shift; "$@" 2>&1; echo "=== end $?"; }
          settled() { [ "$(systemctl is-active one.service two.service bad.service killed.service flaky.service 'odd\x2dname.service' dbus.service 2>/dev/null | tr '\n' ' ')" = "active active failed failed failed active active " ]; }
          i=0; until settled; do i=$((i+1)); [ $i -lt 300 ] || { echo "=== unsettled"; systemctl list-units --all --no-pager; break; }; sleep 0.05; done
          i=0; until busctl --system status org.freedesktop.systemd1 >/dev/null 2>&1; do i=$((i+1)); [ $i -lt 300 ] || { echo "=== no bus"; break; }; sleep 0.05; done
          part units systemctl list-units --all --output=json --no-pager
          part files systemctl list-unit-files --output=json --no-pager
          part show systemctl show --no-pager --timestamp=us+utc '*.service' -p Id,MainPID,ExecMainCode,ExecMainStatus,Result,User,FragmentPath,NRestarts,ActiveEnterTimestamp,InactiveEnterTimestamp
          part root "$SONDE" services --all --format json
          part nobody setpriv --reuid 65534 --regid 65534 --clear-groups "$SONDE" services --all --format json
          part doctor setpriv --reuid 65534 --regid 65534 --clear-groups "$SONDE" doctor --format json
          part default "$SONDE" services --format ndjson
          part card "$SONDE" services two
          systemctl start manager.service
          export XDG_RUNTIME_DIR=/run/lent
          i=0; until [ "$(systemctl --user is-active mine.service ended.service 2>/dev/null | tr '\n' ' ')" = "active failed " ]; do i=$((i+1)); [ $i -lt 300 ] || { echo "=== no manager"; break; }; sleep 0.05; done
          part user-units systemctl --user list-units --all --output=json --no-pager
          part user "$SONDE" services --user --all --format json
          part user-fields "$SONDE" services --user --fields name,state,exit_code --format tsv
          part user-foreign setpriv --reuid 65534 --regid 65534 --clear-groups "$SONDE" services --user
          part user-nowhere env XDG_RUNTIME_DIR=/run/nowhere "$SONDE" services --user
          kill -48 1
        ) &
        exec /lib/systemd/systemd --system --unit=probe.target --log-target=null >/dev/null 2>&1
        """;

    private readonly Dictionary<string, string> _parts = new(StringComparer.Ordinal);
    private readonly string _all;

    public SystemdHost()
    {
        WhyNot = Environment.UserName == "root" || Environment.IsPrivilegedProcess
            ? ChildProcess.Shell("command -v systemctl && command -v busctl && command -v dbus-daemon && command -v setpriv && [ -x /lib/systemd/systemd ]").ExitCode == 0
                ? null
                : "needs systemd and dbus-daemon (./test installs them)"
            : "needs root to start a systemd of its own";
        _all = string.Empty;
        if (WhyNot is not null)
        {
            return;
        }

        // HOME and the like are the machine's; the rest is made in the namespaces.
        ProgramResult result = ChildProcess.Run(
            "unshare",
            ["--mount", "--uts", "--ipc", "--net", "/bin/sh", "-c", Outer],
            TimeSpan.FromSeconds(120),
            new Dictionary<string, string?> { ["INNER"] = Inner, ["SONDE"] = ChildProcess.Sonde });
        _all = result.Output + result.Error;
        string? name = null;
        var lines = new List<string>();
        foreach (string line in result.Output.Split('\n'))
        {
            if (line.StartsWith("=== end ", StringComparison.Ordinal) && name is not null)
            {
                _parts[name] = string.Join('\n', lines);
                name = null;
            }
            else if (line.StartsWith("=== ", StringComparison.Ordinal))
            {
                name = line[4..];
                lines.Clear();
            }
            else
            {
                lines.Add(line);
            }
        }
    }

    /// <summary>Why there is none here.</summary>
    public string? WhyNot { get; }

    /// <summary>What one of the programs printed.</summary>
    public string Part(string name)
    {
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? string.Empty);
        return _parts.TryGetValue(name, out string? text) ? text : throw new InvalidOperationException($"'{name}' did not run:\n{_all}");
    }
}
