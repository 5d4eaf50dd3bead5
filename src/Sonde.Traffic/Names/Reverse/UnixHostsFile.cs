namespace Sonde.Traffic.Names.Reverse;

/// <summary>hosts(5).</summary>
internal sealed class UnixHostsFile(string path) : HostsFile(path)
{
    internal UnixHostsFile()
        : this("/etc/hosts")
    {
    }
}
