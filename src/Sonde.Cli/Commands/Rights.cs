using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Privileges;

namespace Sonde.Cli.Commands;

/// <summary>Gives up what root or setcap gave, once everything is open that needs it.</summary>
internal static class Rights
{
    /// <summary>Gives up every right but those to keep; what cannot be given up is told on standard error.</summary>
    internal static void GiveUp(params IReadOnlyCollection<string> keep)
    {
        try
        {
            var privileges = ProcessPrivileges.Create();
            if (!privileges.Read().Rights.TryGetValue(out IReadOnlyList<HeldRight>? held) || held.Count == 0)
            {
                return;
            }

            foreach (Gap gap in privileges.Drop([.. keep.Where(name => held.Any(right => right.Name == name))]).Gaps)
            {
                Console.Error.WriteLine(SafeText.OneLine($"sonde: note: rights that are not needed are still held: {gap.What}: {gap.Reason}"));
            }
        }
        catch (HostException refused)
        {
            Console.Error.WriteLine(SafeText.OneLine($"sonde: note: rights that are not needed are still held: {refused.Message}"));
        }
    }
}
