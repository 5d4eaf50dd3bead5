namespace Sonde.Cli.Errors;

/// <summary>Finds the word that somebody probably meant.</summary>
internal static class Nearest
{
    // A hostile argument must not make us fill a large table.
    private const int MaxLength = 64;

    /// <summary>The nearest of <paramref name="known"/> by edits, or null when none is near.</summary>
    internal static string? To(string typed, IEnumerable<string> known)
    {
        if (typed.Length > MaxLength)
        {
            return null;
        }

        return known
            .Where(candidate => candidate.Length <= MaxLength)
            .Select(candidate => (Word: candidate, Distance: Distance(typed, candidate)))
            .Where(candidate => candidate.Distance <= Math.Max(1, Math.Min(typed.Length, candidate.Word.Length) / 3))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Word, StringComparer.Ordinal)
            .Select(candidate => candidate.Word)
            .FirstOrDefault();
    }

    // Edits including swaps of neighbours, the commonest slip of fast fingers.
    private static int Distance(string left, string right)
    {
        int[,] table = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                int change = left[i - 1] == right[j - 1] ? 0 : 1;
                int best = Math.Min(Math.Min(table[i - 1, j] + 1, table[i, j - 1] + 1), table[i - 1, j - 1] + change);
                bool isSwap = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
                table[i, j] = isSwap ? Math.Min(best, table[i - 2, j - 2] + 1) : best;
            }
        }

        return table[left.Length, right.Length];
    }
}
