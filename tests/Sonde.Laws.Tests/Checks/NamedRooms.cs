using System.Text.RegularExpressions;

namespace Sonde.Laws.Tests.Checks;

/// <summary>A newcomer finds every room in docs/architecture.md.</summary>
internal static class NamedRooms
{
    internal static IEnumerable<Violation> Check(Project project, string architecture)
    {
        // Sonde.Host is not named by Sonde.Host.Tests.
        bool isNamed = Regex.IsMatch(architecture, $@"{Regex.Escape(project.Name)}(?![.\w])|{Regex.Escape(project.Name)}\.(?=\s|$)", RegexOptions.None, TimeSpan.FromSeconds(5));
        return isNamed ? [] : [new Violation(Project.Relative(project.File), $"{project.Name} is not described in docs/architecture.md.")];
    }
}
