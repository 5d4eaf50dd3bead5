namespace Sonde.Host.Processes.Redaction;

/// <summary>Masks the secrets in command lines and environments: argument by argument, so that blanks in a secret reveal nothing of it.</summary>
internal static class SecretMask
{
    /// <summary>Masks arguments in place.</summary>
    /// <returns>How many arguments were changed.</returns>
    internal static int Apply(List<string> arguments)
    {
        if (arguments.Count == 0)
        {
            return 0; // a process so young that its command line is not written yet
        }

        int masked = 0;
        ProgramSecrets.Rule[] rules = [.. ProgramSecrets.Of(arguments[0], arguments)];
        for (int at = 0; at < arguments.Count; at++)
        {
            string argument = arguments[at];
            if (argument.Length == 0)
            {
                continue;
            }

            string clean = Apply(argument, rules);
            if (clean.Length != argument.Length || clean != argument)
            {
                arguments[at] = clean;
                masked++;
            }

            if (at + 1 < arguments.Count && MaskOfNext(argument, arguments[at + 1], rules) is { } next && next != arguments[at + 1])
            {
                arguments[++at] = next;
                masked++;
            }
        }

        return masked;
    }

    /// <summary>Masks the values of an environment, whose entries are NAME=value, in place.</summary>
    /// <returns>How many entries were changed.</returns>
    internal static int ApplyToEnvironment(List<string> entries)
    {
        int masked = 0;
        for (int at = 0; at < entries.Count; at++)
        {
            int equals = entries[at].IndexOf('=', StringComparison.Ordinal);
            string clean = equals > 0 && equals + 1 < entries[at].Length && SecretWords.IsSecret(entries[at].AsSpan(0, equals))
                ? string.Concat(entries[at].AsSpan(0, equals + 1), SecretText.Mask)
                : SecretText.Apply(entries[at]);
            if (clean != entries[at])
            {
                entries[at] = clean;
                masked++;
            }
        }

        return masked;
    }

    private static string Apply(string argument, ProgramSecrets.Rule[] rules)
    {
        foreach (ProgramSecrets.Rule rule in rules)
        {
            if (rule.Form == ProgramSecrets.Form.Next || argument.Length <= rule.Option.Length || !argument.StartsWith(rule.Option, StringComparison.Ordinal))
            {
                continue;
            }

            ReadOnlySpan<char> value = argument.AsSpan(rule.Option.Length);

            // "--user=name:secret"; and "--protocol" is not "-p" with a secret.
            if (rule.Option.StartsWith("--", StringComparison.Ordinal) && value[0] != '=')
            {
                continue;
            }

            return string.Concat(rule.Option, MaskPart(value.ToString(), rule.Form));
        }

        // openssl's way to say where a password is: pass:secret, env:NAME, file:path.
        return argument.StartsWith("pass:", StringComparison.Ordinal) && argument.Length > 5 ? "pass:" + SecretText.Mask : SecretText.Apply(argument);
    }

    /// <summary>What becomes of the argument behind an option; null when the option says nothing about it.</summary>
    private static string? MaskOfNext(string option, string next, ProgramSecrets.Rule[] rules)
    {
        if (next.Length == 0)
        {
            return null;
        }

        foreach (ProgramSecrets.Rule rule in rules)
        {
            if (rule.Form != ProgramSecrets.Form.Attached && option == rule.Option)
            {
                return MaskPart(next, rule.Form);
            }
        }

        bool isOption = option.Length > 1 && option[0] == '-' && !option.Contains('=') && !option.Contains(' ');
        if (isOption && SecretWords.IsSecret(option) && !LooksLikeOption(next))
        {
            // openssl again: "-passin env:NAME" tells where the secret is, not what it is.
            return next.StartsWith("env:", StringComparison.Ordinal) || next.StartsWith("file:", StringComparison.Ordinal) ? null
                : next.StartsWith("pass:", StringComparison.Ordinal) ? "pass:" + SecretText.Mask
                : SecretText.Mask;
        }

        return option.Equals("bearer", StringComparison.OrdinalIgnoreCase) ? SecretText.Mask : null;
    }

    // "--password --host x" asks for the password; "-x7Gh!" is one.
    private static bool LooksLikeOption(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) || (argument.Length == 2 && argument[0] == '-' && char.IsAsciiLetter(argument[1]));

    private static string MaskPart(string value, ProgramSecrets.Form form)
    {
        int mark = form switch
        {
            ProgramSecrets.Form.AfterColon => value.IndexOf(':', StringComparison.Ordinal),
            ProgramSecrets.Form.AfterPercent => value.IndexOf('%', StringComparison.Ordinal),
            _ => -1,
        };
        return form is ProgramSecrets.Form.AfterColon or ProgramSecrets.Form.AfterPercent
            ? mark < 0 || mark + 1 == value.Length ? value : string.Concat(value.AsSpan(0, mark + 1), SecretText.Mask)
            : SecretText.Mask;
    }
}
