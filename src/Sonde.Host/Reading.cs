using System.ComponentModel;

namespace Sonde.Host;

/// <summary>Makes <see cref="Reading{T}"/>s.</summary>
public static class Reading
{
    /// <summary>A value the system gave.</summary>
    public static Reading<T> Ok<T>(T value) => new(ReadingStatus.Ok, value, null);

    /// <summary>Nobody asked for it, or it cannot be told yet.</summary>
    public static Reading<T> NotCollected<T>(string reason) => new(ReadingStatus.NotCollected, default, reason);

    /// <summary>The system says that there is none.</summary>
    /// <param name="reason">What the absence means, when that is worth saying.</param>
    public static Reading<T> None<T>(string? reason = null) => new(ReadingStatus.None, default, reason);

    /// <summary>The system refuses to show it.</summary>
    public static Reading<T> Denied<T>(string reason) => new(ReadingStatus.Denied, default, reason);

    /// <summary>The object vanished while it was read.</summary>
    public static Reading<T> Gone<T>(string? reason = null) => new(ReadingStatus.Gone, default, reason);

    /// <summary>This system has no such thing.</summary>
    public static Reading<T> Unsupported<T>(string reason) => new(ReadingStatus.Unsupported, default, reason);

    /// <summary>The system failed to answer.</summary>
    public static Reading<T> Failed<T>(string reason) => new(ReadingStatus.Failed, default, reason);

    /// <summary>The status in words, with the reason behind it: "denied: Operation not permitted".</summary>
    public static string Describe(ReadingStatus status, string? reason)
    {
        string word = status switch
        {
            ReadingStatus.NotCollected => "not collected",
            ReadingStatus.Ok => "ok",
            ReadingStatus.None => "none",
            ReadingStatus.Denied => "denied",
            ReadingStatus.Gone => "gone",
            ReadingStatus.Unsupported => "unsupported",
            ReadingStatus.Failed => "failed",
            _ => throw new InvalidEnumArgumentException(nameof(status), (int)status, typeof(ReadingStatus)),
        };
        return string.IsNullOrEmpty(reason) ? word : $"{word}: {reason}";
    }
}
