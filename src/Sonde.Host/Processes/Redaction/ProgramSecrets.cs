namespace Sonde.Host.Processes.Redaction;

/// <summary>Which short options of which programs carry a secret: -p is a password for mysql and a port for ssh.</summary>
internal static class ProgramSecrets
{
    /// <summary>How a secret hangs on an option.</summary>
    internal enum Form
    {
        /// <summary>The rest of the same argument: -psecret.</summary>
        Attached,

        /// <summary>The next argument: -a secret.</summary>
        Next,

        /// <summary>Either.</summary>
        Both,

        /// <summary>Like <see cref="Both"/>, and only what follows a colon: -u user:secret.</summary>
        AfterColon,

        /// <summary>Like <see cref="Both"/>, and only what follows a percent sign: -U user%secret.</summary>
        AfterPercent,
    }

    /// <summary>An option of some programs.</summary>
    /// <param name="Programs">Names of programs; one that ends with '*' stands for all that begin so.</param>
    /// <param name="Option">The option, case and all.</param>
    /// <param name="Form">Where the secret is.</param>
    /// <param name="Needs">An argument that must be there as well: "login" for docker, where -p is a port elsewhere; null for none.</param>
    internal sealed record Rule(string[] Programs, string Option, Form Form, string? Needs = null);

    private static readonly Rule[] s_rules =
    [
        new(["mysql*", "mariadb*"], "-p", Form.Attached),
        new(["curl"], "-u", Form.AfterColon),
        new(["curl"], "--user", Form.AfterColon),
        new(["curl"], "-U", Form.AfterColon),
        new(["curl"], "--proxy-user", Form.AfterColon),
        new(["curl"], "-b", Form.Next),
        new(["curl"], "--oauth2-bearer", Form.Next),
        new(["http", "https", "xh"], "-a", Form.AfterColon),
        new(["sshpass"], "-p", Form.Both),
        new(["redis-cli", "valkey-cli", "keydb-cli"], "-a", Form.Next),
        new(["mongo*"], "-p", Form.Both),
        new(["openssl"], "-k", Form.Next),
        new(["openssl"], "-K", Form.Next),
        new(["ldap*"], "-w", Form.Both),
        new(["smbclient", "rpcclient", "net", "smbget", "winexe", "wmic"], "-U", Form.AfterPercent),
        new(["docker", "podman", "nerdctl", "buildah", "skopeo", "helm", "az", "oc", "crane"], "-p", Form.Both, "login"),
        new(["zip", "unzip"], "-P", Form.Both),
        new(["7z", "7za", "7zr", "7zz", "rar", "unrar"], "-p", Form.Attached),
        new(["rar", "unrar"], "-hp", Form.Attached),
        new(["sqlcmd", "osql", "bcp", "isql"], "-P", Form.Both),
        new(["ipmitool"], "-P", Form.Both),
        new(["snmp*"], "-c", Form.Both),
        new(["snmp*"], "-A", Form.Both),
        new(["snmp*"], "-X", Form.Both),
        new(["psexec*", "paexec"], "-p", Form.Next),
        new(["plink", "putty", "pscp", "psftp"], "-pw", Form.Next),
        new(["xfreerdp*", "wfreerdp", "sdl-freerdp*"], "/p:", Form.Attached),
        new(["clickhouse-client", "cqlsh"], "-p", Form.Next),
        new(["nmcli"], "password", Form.Next),
    ];

    /// <summary>The rules for a program, by the last part of its path.</summary>
    internal static IEnumerable<Rule> Of(string argument0, IReadOnlyList<string> arguments)
    {
        ReadOnlySpan<char> program = argument0.AsSpan(argument0.AsSpan().LastIndexOfAny('/', '\\') + 1);
        if (program.EndsWith(".exe", StringComparison.OrdinalIgnoreCase))
        {
            program = program[..^4];
        }

        string name = program.ToString();
        return s_rules.Where(rule => rule.Programs.Any(pattern => Fits(name, pattern)) && (rule.Needs is null || arguments.Contains(rule.Needs)));
    }

    private static bool Fits(string name, string pattern) => pattern[^1] == '*'
        ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.OrdinalIgnoreCase)
        : name.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
