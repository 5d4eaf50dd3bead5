using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Sonde.Cli.Commands;

/// <summary>Options whose values are words or sizes.</summary>
internal static class OptionWords
{
    private static readonly (char Suffix, double Factor)[] s_suffixes = [('k', 1e3), ('K', 1e3), ('M', 1e6), ('G', 1e9), ('T', 1e12)];

    /// <summary>An option with a choice of words; not given it is the default of its type.</summary>
    internal static Option<T> Choice<T>(string name, string description, string what, params (string Word, T Value)[] words)
    {
        var option = new Option<T>(name)
        {
            Description = description,
            HelpName = string.Join('|', words.Select(static one => one.Word)),
            CustomParser = argument => Parse(argument, what, words),
        };
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. words.Select(static one => one.Word)]);
        return option;
    }

    /// <summary>An option that takes a number of bytes: 1500, 100k, 2G.</summary>
    internal static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "bytes",
        CustomParser = argument =>
        {
            if (TryParseNumber(argument.Tokens[0].Value, out double bytes) && bytes is >= 0 and < long.MaxValue)
            {
                return (long)bytes;
            }

            argument.AddError($"'{argument.Tokens[0].Value}' is no size: write a number, with k, M, G or T for thousands, millions and so on.");
            return null;
        },
    };

    /// <summary>Reads "100k" as 100000.</summary>
    internal static bool TryParseNumber(ReadOnlySpan<char> text, out double value)
    {
        double factor = 1;
        foreach ((char suffix, double times) in s_suffixes)
        {
            if (text.Length > 1 && text[^1] == suffix)
            {
                factor = times;
                text = text[..^1];
                break;
            }
        }

        bool isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
        value *= factor;
        return isNumber && double.IsFinite(value);
    }

    private static T Parse<T>(ArgumentResult argument, string what, (string Word, T Value)[] words)
    {
        string typed = argument.Tokens[0].Value;
        foreach ((string word, T value) in words)
        {
            if (word == typed)
            {
                return value;
            }
        }

        string[] all = [.. words.Select(static one => one.Word)];
        argument.AddError($"'{typed}' is no {what}: choose {string.Join(", ", all[..^1])} or {all[^1]}.");
        return words[0].Value;
    }
}
