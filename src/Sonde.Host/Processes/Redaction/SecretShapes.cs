using System.Buffers;

namespace Sonde.Host.Processes.Redaction;

/// <summary>Finds what is a secret by its looks, whatever stands before it: tokens with a known beginning, JSON web tokens, private keys.</summary>
internal static class SecretShapes
{
    private static readonly SearchValues<char> s_tokenLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=");

    // How tokens of well-known services begin, and how long they are at least.
    private static readonly (string Start, int MinLength)[] s_tokens =
    [
        ("AKIA", 20), ("ASIA", 20), ("ghp_", 20), ("gho_", 20), ("ghu_", 20), ("ghs_", 20), ("ghr_", 20), ("github_pat_", 30), ("glpat-", 20), ("xoxa-", 20),
        ("xoxb-", 20), ("xoxp-", 20), ("xoxr-", 20), ("xoxs-", 20), ("xapp-", 20), ("AIza", 39), ("sk_live_", 20), ("rk_live_", 20), ("sk_test_", 20), ("npm_", 36),
        ("hvs.", 24), ("hvb.", 24), ("dckr_pat_", 20), ("SG.", 40), ("sk-", 32), ("pypi-", 40), ("dop_v1_", 40), ("ya29.", 30),
    ];

    // Enough of a word to decide; a hostile command line may be one word of a hundred thousand letters, looked at from each of its places.
    private const int Decisive = 4096;

    /// <summary>The length of the secret at the start of <paramref name="text"/>, 0 when there is none.</summary>
    internal static int SecretLength(ReadOnlySpan<char> text)
    {
        foreach ((string start, int minLength) in s_tokens)
        {
            if (text.StartsWith(start) && WordLength(text[..Math.Min(text.Length, Decisive)]) >= minLength)
            {
                return WordLength(text);
            }
        }

        return text.StartsWith("eyJ") && IsJsonWebToken(text[..WordLength(text[..Math.Min(text.Length, Decisive)])]) ? WordLength(text) : 0;
    }

    /// <summary>The length of the word of token letters at the start of <paramref name="text"/>.</summary>
    internal static int WordLength(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExcept(s_tokenLetters);
        return end < 0 ? text.Length : end;
    }

    // Three parts in base64url, of which the first two are JSON objects: those begin with {" and so with eyJ.
    private static bool IsJsonWebToken(ReadOnlySpan<char> word)
    {
        if (word.Length < 20)
        {
            return false;
        }

        int first = word.IndexOf('.');
        return first > 0 && word[(first + 1)..].StartsWith("eyJ") && word[(first + 1)..].Contains('.');
    }
}
