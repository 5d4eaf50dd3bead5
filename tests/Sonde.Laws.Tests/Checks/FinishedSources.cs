using System.Text.RegularExpressions;

namespace Sonde.Laws.Tests.Checks;

/// <summary>What stands under src/ is finished: no stubs, no notes to finish it, no error that vanishes without a word.</summary>
internal static partial class FinishedSources
{
    internal static IEnumerable<Violation> Check(Project project) => project.Sources.SelectMany(static file => CheckText(Project.Relative(file), File.ReadAllText(file)));

    internal static IEnumerable<Violation> CheckText(string name, string text)
    {
        foreach (Match match in Unfinished().Matches(text))
        {
            yield return At(name, text, match, $"contains {match.Value}.");
        }

        foreach (Match match in EmptyCatch().Matches(text))
        {
            yield return At(name, text, match, "catches an error and does nothing, without a comment that says why.");
        }
    }

    private static Violation At(string name, string text, Match match, string what) => new($"{name}:{text.AsSpan(0, match.Index).Count('\n') + 1}", what);

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\bcatch\b\s*(\([^{}]*\)\s*)?\{\s*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex EmptyCatch();
}
