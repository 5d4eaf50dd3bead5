using Sonde.Cli.Output;
using Sonde.Host;
using Sonde.Host.Privileges;

namespace Sonde.Cli.Commands;

/// <summary>What a command does before it settles for a long time.</summary>
internal static class LongRun
{
    /// <summary>Gives up what root or setcap gave, but for the rights that the run goes on needing.</summary>
    internal static void GiveUpRights(IReadOnlyCollection<string> needed)
    {
        try
        {
            var privileges = ProcessPrivileges.Create();
            if (!privileges.Read().Rights.TryGetValue(out IReadOnlyList<HeldRight>? held) || held.All(right => needed.Contains(right.Name)))
            {
                return;
            }

            foreach (Gap gap in privileges.Drop([.. held.Select(static right => right.Name).Where(needed.Contains)]).Gaps)
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
