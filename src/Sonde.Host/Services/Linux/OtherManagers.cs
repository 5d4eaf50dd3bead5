namespace Sonde.Host.Services.Linux;

/// <summary>Service managers that are not asked, so that their users are told instead of being shown an empty list.</summary>
internal static class OtherManagers
{
    private static readonly (string Path, string Name)[] s_known =
    [
        ("run/openrc", "OpenRC"),
        ("sbin/openrc-run", "OpenRC"),
        ("run/runit", "runit"),
        ("etc/runit", "runit"),
        ("run/s6", "s6"),
        ("etc/dinit.d", "dinit"),
        ("etc/init.d", "SysV init scripts"),
    ];

    /// <summary>Why there are no services to show.</summary>
    internal static string Describe(string root) =>
        s_known.FirstOrDefault(known => Path.Exists(Path.Combine(root, known.Path))).Name is { } other
            ? $"there is no systemd and there are no unit files; this host has {other}, which Sonde does not ask"
            : "there is no systemd and there are no unit files";
}
