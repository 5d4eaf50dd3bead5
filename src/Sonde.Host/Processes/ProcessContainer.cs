namespace Sonde.Host.Processes;

/// <summary>A container, as the place of the process says it; the runtime itself is not asked.</summary>
/// <param name="Runtime">Who runs it: "docker", "containerd", "cri-o", "podman", "lxc", "nspawn", "ecs", "garden", "windows-silo".</param>
/// <param name="Id">Its full id or name.</param>
/// <param name="Outer">The container around it, outermost first, when containers are nested.</param>
public sealed record ProcessContainer(string Runtime, string Id, IReadOnlyList<ProcessContainer> Outer)
{
    /// <summary>The id as its tools print it: twelve digits of a long number, a name as it is.</summary>
    public string ShortId => Id.Length == 64 ? Id[..12] : Id;
}
