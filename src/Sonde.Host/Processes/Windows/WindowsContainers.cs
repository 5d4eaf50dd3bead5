namespace Sonde.Host.Processes.Windows;

/// <summary>The container of a process: the server silo it runs in, or the virtual machine that it serves.</summary>
/// <remarks>
/// What runs inside of a virtual machine, and so of a container that Hyper-V isolates, is not a process of this host. What serves the machine is: Hyper-V runs it
/// as a user of its own, whose SID and name hold the machine's GUID. That is how it is known, never by the name of a program.
/// </remarks>
internal static class WindowsContainers
{
    private const string Machine = "hyper-v";
    private const string Silo = "windows-silo";

    // SECURITY_VIRTUALSERVER_ID_BASE_RID (winnt.h): "NT VIRTUAL MACHINE".
    private const string Prefix = "S-1-5-83-1-";

    /// <summary>The virtual machine whose user this is; null for any other user.</summary>
    internal static ProcessContainer? OfMachine(ProcessUser user)
    {
        if (!user.Id.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string name = user.Name.GetValueOrDefault(string.Empty);
        string last = name[(name.LastIndexOf('\\') + 1)..];
        return new ProcessContainer(Machine, Guid.TryParse(last, out Guid machine) ? machine.ToString() : user.Id, []);
    }

    /// <summary>The container, or why it is not known whether there is one.</summary>
    internal static Reading<ProcessContainer> Of(Reading<uint> silo, Reading<ProcessUser> user) =>
        silo.HasValue ? new ProcessContainer(Silo, silo.Value.ToString(System.Globalization.CultureInfo.InvariantCulture), [])
        : user.HasValue && OfMachine(user.Value) is { } machine ? machine
        : silo.Select(static _ => default(ProcessContainer)!); // a reason stays what it is
}
