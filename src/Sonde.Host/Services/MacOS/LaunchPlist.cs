using Sonde.Host.MacOS.PropertyLists;

namespace Sonde.Host.Services.MacOS;

/// <summary>What the property list of a job says (launchd.plist(5)).</summary>
/// <param name="Label">Its label.</param>
/// <param name="Arguments">What is run.</param>
/// <param name="User">Whom it runs as; null for the usual one.</param>
/// <param name="IsDisabled">Whether it must not start.</param>
/// <param name="Starters">The keys that make it start.</param>
internal sealed record LaunchPlist(string Label, IReadOnlyList<string> Arguments, string? User, bool IsDisabled, IReadOnlyList<string> Starters)
{
    private const int MaxArguments = 1024;

    // Keys that start a job by themselves, and keys that start it when something happens.
    private static readonly string[] s_always = ["RunAtLoad", "KeepAlive"];
    private static readonly string[] s_onDemand =
    [
        "MachServices", "Sockets", "StartInterval", "StartCalendarInterval", "WatchPaths", "QueueDirectories", "StartOnMount", "LaunchEvents", "inetdCompatibility",
    ];

    /// <summary>What makes it start.</summary>
    internal ServiceStart Start =>
        IsDisabled ? ServiceStart.Disabled
        : Starters.Any(s_always.Contains) ? ServiceStart.Automatic
        : Starters.Count > 0 ? ServiceStart.OnDemand
        : ServiceStart.Manual;

    /// <summary>The keys that decide that.</summary>
    internal string StartName => IsDisabled ? "Disabled" : Starters.Count > 0 ? string.Join(", ", Starters) : "no key that starts it";

    /// <summary>Reads the property list of a job; never throws.</summary>
    internal static Reading<LaunchPlist> Parse(ReadOnlySpan<byte> source)
    {
        if (PropertyList.Parse(source, out string? defect) is not IReadOnlyDictionary<string, object?> top)
        {
            return Reading.Failed<LaunchPlist>(defect ?? "it is no dictionary");
        }

        if (!top.TryGetValue("Label", out object? label) || label is not string { Length: > 0 } name)
        {
            return Reading.Failed<LaunchPlist>("it has no label");
        }

        List<string> arguments = top.TryGetValue("ProgramArguments", out object? list) && list is IReadOnlyList<object?> texts ? [.. texts.OfType<string>().Take(MaxArguments)] : [];
        if (top.TryGetValue("Program", out object? program) && program is string { Length: > 0 } path)
        {
            // With both, the first argument is only the name that the program is given.
            arguments = arguments.Count > 0 ? [path, .. arguments.Skip(1)] : [path];
        }

        return new LaunchPlist(
            name,
            arguments,
            top.TryGetValue("UserName", out object? user) ? user as string : null,
            IsSet(top, "Disabled"),
            [.. s_always.Concat(s_onDemand).Where(key => IsSet(top, key))]);
    }

    // KeepAlive may be a dictionary of conditions; an interval of 0 is none.
    private static bool IsSet(IReadOnlyDictionary<string, object?> top, string key) =>
        top.TryGetValue(key, out object? value) && value switch
        {
            bool flag => flag,
            long number => number != 0,
            null => false,
            _ => true,
        };
}
