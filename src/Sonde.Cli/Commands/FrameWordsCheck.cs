using System.CommandLine;

namespace Sonde.Cli.Commands;

/// <summary>Looks for options among the words of a filter.</summary>
internal static class FrameWordsCheck
{
    /// <summary>Refuses a misspelt option, which arrives as a word of the filter, where a minus is the sign of subtraction and may stand before a number.</summary>
    internal static void RefuseOptions(string path, IEnumerable<string> words, Command command)
    {
        if (words.FirstOrDefault(static word => word.Length > 1 && word[0] == '-' && (char.IsAsciiLetter(word[1]) || word[1] == '-')) is { } typed)
        {
            throw UsageError.UnknownOption(path, typed, command.Options.SelectMany(option => option.Aliases.Append(option.Name)));
        }
    }
}
