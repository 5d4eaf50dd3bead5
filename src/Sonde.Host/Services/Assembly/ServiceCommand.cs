using System.Text;
using Sonde.Host.Processes.Redaction;

namespace Sonde.Host.Services.Assembly;

/// <summary>The command of a service for showing: one line, without its secrets.</summary>
internal static class ServiceCommand
{
    /// <summary>Arguments as one line.</summary>
    internal static string Of(IReadOnlyList<string> arguments, bool showSecrets)
    {
        var shown = new List<string>(arguments);
        if (!showSecrets && shown.Count > 0)
        {
            SecretMask.Apply(shown);
        }

        return string.Join(' ', shown);
    }

    /// <summary>A line as Windows keeps it: it stays as it is unless there is something to mask.</summary>
    internal static string Of(string line, bool showSecrets)
    {
        if (showSecrets)
        {
            return line;
        }

        List<string> arguments = Split(line);
        if (arguments.Count > 0)
        {
            arguments[0] = arguments[0].Trim('"'); // the name of the program decides what is a secret
        }

        return arguments.Count > 0 && SecretMask.Apply(arguments) > 0 ? string.Join(' ', arguments) : line;
    }

    // Where blanks outside of quotes stand; the quotes stay. What the program itself makes of them does not matter for masking.
    private static List<string> Split(string line)
    {
        var arguments = new List<string>();
        var argument = new StringBuilder();
        bool isQuoted = false;
        foreach (char character in line)
        {
            isQuoted ^= character == '"';
            if (isQuoted || !char.IsWhiteSpace(character))
            {
                argument.Append(character);
            }
            else if (argument.Length > 0)
            {
                arguments.Add(argument.ToString());
                argument.Clear();
            }
        }

        if (argument.Length > 0)
        {
            arguments.Add(argument.ToString());
        }

        return arguments;
    }
}
