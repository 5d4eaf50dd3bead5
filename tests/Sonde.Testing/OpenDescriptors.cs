namespace Sonde.Testing;

/// <summary>The file descriptors of this process, to find those that a test leaves behind.</summary>
public static class OpenDescriptors
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>What each open descriptor is, such as "socket:[1234]" or a path, by number.</summary>
    public static IReadOnlyDictionary<string, string> List()
    {
        var open = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string link in Directory.GetFiles("/proc/self/fd"))
        {
            // The descriptor that lists the folder is gone by now and has no target.
            if (new FileInfo(link).LinkTarget is { } target)
            {
                open[Path.GetFileName(link)] = target;
            }
        }

        return open;
    }

    /// <summary>Descriptors that were not open before and stay open; those the runtime opens for itself once are left out.</summary>
    public static IReadOnlyList<string> NewSince(IReadOnlyDictionary<string, string> before)
    {
        // A thread of the runtime may hold a file for a moment, such as the list of processors; a leak is still there later.
        IReadOnlyList<string> left = [];
        SpinWait.SpinUntil(() => (left = OpenNow(before)).Count == 0, s_patience);
        return left;
    }

    private static IReadOnlyList<string> OpenNow(IReadOnlyDictionary<string, string> before)
    {
        // A handle whose last use was a moment ago may wait for its finalizer only if somebody forgot to dispose it: that is a leak all the same.
        KeyValuePair<string, string>[] left =
        [
            .. List().Where(now => (!before.TryGetValue(now.Key, out string? then) || then != now.Value) && !IsOfTheRuntime(now.Value)),
        ];

        // A pipe with both ends here is the runtime talking to itself, made once when it is first needed; a leaked child leaves one end.
        return [.. left
            .Where(now => !now.Value.StartsWith("pipe:", StringComparison.Ordinal) || left.Count(other => other.Value == now.Value) == 1)
            .Select(now => $"{now.Key} -> {now.Value}")];
    }

    private static bool IsOfTheRuntime(string target) =>
        target.StartsWith("/dev/", StringComparison.Ordinal) || Path.GetExtension(target) is ".dll" or ".so" or ".pdb";
}
