using System.Globalization;
using Sonde.Cli.Errors;
using Sonde.Cli.Output;
using Sonde.Cli.Records.Filtering;

namespace Sonde.Cli.Commands;

/// <summary>A filter that cannot be understood, as a user reads it.</summary>
internal static class FilterProblem
{
    /// <summary>The error, with a line that points at the character.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="help">The command that lists the fields.</param>
    internal static UserErrorException Explain(FilterException error, string help)
    {
        // Tabs and the like are shown as escapes, which would move the pointer away from its character.
        string shown = SafeText.OneLine(error.Filter);
        return new UserErrorException(new UserError(
            ExitCode.Usage,
            "the filter cannot be understood",
            shown,
            shown == error.Filter ? error.Pointer : $"at character {(error.Position + 1).ToString(CultureInfo.InvariantCulture)}: {error.Message}",
            $"To see all fields: {help}"));
    }
}
