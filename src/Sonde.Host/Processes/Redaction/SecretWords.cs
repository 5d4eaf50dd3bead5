namespace Sonde.Host.Processes.Redaction;

/// <summary>Decides by its name whether a setting holds a secret: "db-password", "clientSecret", "AWS_SECRET_ACCESS_KEY", but not "password-file" or "token-type".</summary>
internal static class SecretWords
{
    private const int MaxName = 128;

    // A name that ends with one of these holds a secret: alone, or glued to another word ("dbpassword").
    private static readonly string[] s_endings =
    [
        "password", "passwd", "passphrase", "passcode", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey", "authkey", "accountkey",
        "sharedkey", "masterkey", "signingkey", "encryptionkey", "storagekey", "authorization", "credential", "credentials", "passwords", "secrets", "authtoken",
    ];

    // These only as a whole word: "bypass" and "compass" end with one of them too.
    private static readonly string[] s_words = ["pass", "pwd", "pw", "pat", "jwt", "bearer", "cookie", "sshpass", "sig", "signature", "passin", "passout", "psk", "creds", "auth"];

    // What precedes "key" in a name of two words.
    private static readonly string[] s_kindsOfKey =
        ["api", "access", "secret", "private", "auth", "account", "shared", "master", "signing", "encryption", "storage", "client", "ssh", "license", "decryption"];

    /// <summary>Whether a setting of this name holds a secret.</summary>
    internal static bool IsSecret(ReadOnlySpan<char> name)
    {
        name = name.TrimStart("-/");
        if (name.IsEmpty || name.Length > MaxName)
        {
            return false;
        }

        Span<char> lower = stackalloc char[MaxName];
        Span<char> last = stackalloc char[MaxName];
        Span<char> before = stackalloc char[MaxName];
        int lastLength = 0;
        int beforeLength = 0;
        int length = 0;
        bool isBreak = false;
        for (int at = 0; at < name.Length; at++)
        {
            char c = name[at];
            if (!char.IsAsciiLetterOrDigit(c))
            {
                isBreak = true;
                continue;
            }

            // "clientSecret" has two words, "PASSWORD" one.
            bool isHump = char.IsAsciiLetterUpper(c) && at > 0 && char.IsAsciiLetterLower(name[at - 1]);
            if ((isBreak || isHump) && lastLength > 0)
            {
                last[..lastLength].CopyTo(before);
                beforeLength = lastLength;
                lastLength = 0;
            }

            isBreak = false;
            char small = char.ToLowerInvariant(c);
            last[lastLength++] = small;
            lower[length++] = small;
        }

        ReadOnlySpan<char> word = last[..lastLength];
        return EndsWithAny(word, s_endings)
            || IsAny(word, s_words)
            || (word.SequenceEqual("key") && IsAny(before[..beforeLength], s_kindsOfKey))
            || EndsWithAny(lower[..length], s_endings);
    }

    private static bool EndsWithAny(ReadOnlySpan<char> word, string[] endings)
    {
        foreach (string ending in endings)
        {
            if (word.EndsWith(ending))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAny(ReadOnlySpan<char> word, string[] words)
    {
        foreach (string one in words)
        {
            if (word.SequenceEqual(one))
            {
                return true;
            }
        }

        return false;
    }
}
