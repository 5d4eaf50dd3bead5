namespace Sonde.Cli.Errors;

/// <summary>Linux: capabilities by setcap, root once, and the sandbox when no capability would help.</summary>
internal sealed class LinuxAdvice(string system) : HostAdvice(system)
{
    private protected override IReadOnlyList<string> TunRights { get; } = ["CAP_NET_ADMIN"];

    private protected override IReadOnlyList<string> For(bool isDenied, string operation, IReadOnlyList<string> missingRights)
    {
        if (missingRights.Count > 0)
        {
            // The shell must not split or expand the program's path.
            string capabilities = string.Join(',', missingRights).ToUpperInvariant();
            return
            [
                $"To allow it for good:  sudo setcap {capabilities}+ep \"$(command -v sonde)\"",
                "To allow it this once: sudo sonde",
            ];
        }

        if (operation.Contains("/dev/net/tun", StringComparison.Ordinal))
        {
            return ["To load the driver:     sudo modprobe tun", "In a container:         docker run --cap-add NET_ADMIN --device /dev/net/tun …"];
        }

        if (operation.StartsWith("procfs ", StringComparison.Ordinal))
        {
            return operation.Contains("socket(", StringComparison.Ordinal) ? ["In a systemd unit add:  RestrictAddressFamilies=AF_INET"]
                : isDenied ? ["A sandbox hides the network files of /proc, which need no privilege."]
                : ["Where /proc is missing: sudo mount -t proc proc /proc"];
        }

        if (operation.StartsWith("sock_diag", StringComparison.Ordinal) && !isDenied)
        {
            return ["To load it:             sudo modprobe -a tcp_diag udp_diag raw_diag"];
        }

        if (operation.Contains("netlink", StringComparison.OrdinalIgnoreCase) || operation.Contains("AF_NETLINK", StringComparison.Ordinal))
        {
            return
            [
                isDenied
                    ? "A sandbox forbids netlink, which needs no privilege: a seccomp profile, or RestrictAddressFamilies= of a systemd unit."
                    : "This kernel or sandbox has no netlink (CONFIG_NET, or an emulated kernel).",
                "In a container:         docker run --security-opt seccomp=unconfined …",
                "In a systemd unit add:  RestrictAddressFamilies=AF_NETLINK AF_UNIX AF_INET AF_INET6",
            ];
        }

        if (operation.StartsWith("systemd-resolved", StringComparison.Ordinal))
        {
            return isDenied ? [] : ["To use it:              sudo systemctl enable --now systemd-resolved"];
        }

        return isDenied ? ["To allow it this once: sudo sonde"] : [];
    }
}
