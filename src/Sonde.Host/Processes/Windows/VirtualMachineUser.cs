namespace Sonde.Host.Processes.Windows;

/// <summary>Hyper-V runs what belongs to a virtual machine as a user of its own, whose SID and name hold the machine's GUID. That is how a process is known to serve one, never by its name.</summary>
internal static class VirtualMachineUser
{
    internal const string Runtime = "hyper-v";

    // SECURITY_VIRTUALSERVER_ID_BASE_RID (winnt.h): "NT VIRTUAL MACHINE".
    private const string Prefix = "S-1-5-83-1-";

    /// <summary>The virtual machine whose user this is; null for any other user.</summary>
    internal static ProcessContainer? ContainerOf(ProcessUser user)
    {
        if (!user.Id.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string name = user.Name.GetValueOrDefault(string.Empty);
        string last = name[(name.LastIndexOf('\\') + 1)..];
        return new ProcessContainer(Runtime, Guid.TryParse(last, out Guid machine) ? machine.ToString() : user.Id, []);
    }
}
