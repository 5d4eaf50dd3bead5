using Sonde.Laws.Tests.Metadata;

namespace Sonde.Laws.Tests.Checks;

/// <summary>No product code runs another program, asks the wall clock past TimeProvider, or sleeps where it could wait for a stop.</summary>
internal static class ForbiddenCalls
{
    internal static IEnumerable<Violation> Check(Project project)
    {
        using BuiltAssembly assembly = BuiltAssembly.Open(project.AssemblyPath);
        foreach (BuiltAssembly.Method method in assembly.Methods)
        {
            foreach (string member in method.Members)
            {
                if (WhyNot(member) is { } reason)
                {
                    yield return new Violation(method.Where, $"uses {member}: {reason}");
                }
            }
        }
    }

    private static string? WhyNot(string member) => member switch
    {
        "System.Diagnostics.Process::Start" => "nothing is collected by running another program.",
        _ when member.StartsWith("System.Diagnostics.ProcessStartInfo::", StringComparison.Ordinal) => "nothing is collected by running another program.",
        "System.DateTime::get_Now" or "System.DateTime::get_UtcNow" or "System.DateTime::get_Today" => "time comes from TimeProvider.",
        "System.DateTimeOffset::get_Now" or "System.DateTimeOffset::get_UtcNow" => "time comes from TimeProvider.",
        "System.Threading.Thread::Sleep" => "wait on something that can be stopped.",
        _ => null,
    };
}
