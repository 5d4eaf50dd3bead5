namespace Sonde.Host.Services.Assembly;

/// <summary>Keeps a list within its bound, and says so.</summary>
internal static class ServiceLimit
{
    internal static void Apply<T>(List<T> entries, int maximum, List<Gap> gaps)
    {
        if (entries.Count <= maximum)
        {
            return;
        }

        gaps.Add(new Gap("services", ReadingStatus.NotCollected, $"only the first {maximum} were taken", entries.Count - maximum));
        entries.RemoveRange(maximum, entries.Count - maximum);
    }
}
