namespace Sonde.Host.Processes.Linux;

/// <summary>Knows how systemd calls its control groups, and how snap and flatpak call theirs below it.</summary>
internal static class UnitNames
{
    /// <summary>The unit that a path names, or null when systemd made none of it.</summary>
    internal static ProcessUnit? Find(ReadOnlySpan<string> segments)
    {
        string? unit = null;
        string? userUnit = null;
        string? slice = null;
        bool isUser = false;
        foreach (string segment in segments)
        {
            if (segment.EndsWith(".slice", StringComparison.Ordinal))
            {
                slice = isUser ? slice : CgroupParser.Unescape(segment);
            }
            else if (IsUnit(segment))
            {
                if (isUser)
                {
                    userUnit = CgroupParser.Unescape(segment);
                }
                else
                {
                    unit = CgroupParser.Unescape(segment);
                    isUser = segment.StartsWith("user@", StringComparison.Ordinal);
                }
            }
        }

        return unit is null && slice is null
            ? null
            : new ProcessUnit(
                unit is not null ? unit : Reading.None<string>("it is in a slice and in no unit"),
                userUnit is not null ? userUnit : Reading.None<string>("it is in no unit of a user's manager"),
                slice is not null ? slice : Reading.None<string>("it is in no slice"));
    }

    /// <summary>The snap or flatpak that a path names, or null.</summary>
    internal static ProcessPackage? FindPackage(ReadOnlySpan<string> segments)
    {
        foreach (string segment in segments)
        {
            if (!IsUnit(segment))
            {
                continue;
            }

            string name = CgroupParser.Unescape(segment[..segment.LastIndexOf('.')]);
            if (name.StartsWith("snap.", StringComparison.Ordinal) && name.Split('.') is { Length: >= 3 } parts && parts[1].Length > 0)
            {
                // "snap.firefox.firefox-<uuid>": the number of the run is no part of the application's name.
                string application = parts[2].Length > 37 && parts[2][^37] == '-' && Guid.TryParse(parts[2].AsSpan(parts[2].Length - 36), out _) ? parts[2][..^37] : parts[2];
                return new ProcessPackage("snap", parts[1], application);
            }

            const string Flatpak = "app-flatpak-";
            if (name.StartsWith(Flatpak, StringComparison.Ordinal) && name.LastIndexOf('-') is var dash && dash > Flatpak.Length)
            {
                return new ProcessPackage("flatpak", name[Flatpak.Length..dash], Reading.None<string>("a flatpak is one application"));
            }
        }

        return null;
    }

    private static bool IsUnit(string segment) =>
        segment.EndsWith(".service", StringComparison.Ordinal) || segment.EndsWith(".scope", StringComparison.Ordinal) || segment.EndsWith(".mount", StringComparison.Ordinal)
        || segment.EndsWith(".socket", StringComparison.Ordinal) || segment.EndsWith(".swap", StringComparison.Ordinal);
}
