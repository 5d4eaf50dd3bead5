namespace Sonde.Host.Services.MacOS;

/// <summary>Reads files of launchd: bounded, and never waiting for a writer.</summary>
internal static class LaunchFolder
{
    internal const int MaxFileBytes = 4 * 1024 * 1024;
    private const int MaxFiles = 20_000;

    /// <summary>The property lists in a folder, and what could not be read.</summary>
    internal static IEnumerable<(string Path, Reading<LaunchPlist> Plist)> Read(string folder, List<Gap> gaps)
    {
        string[] files;
        try
        {
            files = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.plist").Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            gaps.Add(new Gap("property lists", refused is UnauthorizedAccessException ? ReadingStatus.Denied : ReadingStatus.Failed, $"{folder}: {refused.Message}"));
            yield break;
        }

        if (files.Length > MaxFiles)
        {
            gaps.Add(new Gap("property lists", ReadingStatus.Failed, $"{folder}: more than the bound allows: they were left out", files.Length - MaxFiles));
        }

        foreach (string file in files.Take(MaxFiles))
        {
            Reading<byte[]> bytes = ReadFile(file);
            yield return (file, bytes.TryGetValue(out byte[]? text) ? LaunchPlist.Parse(text) : new Reading<LaunchPlist>(bytes.Status, default, bytes.Reason));
        }
    }

    /// <summary>A whole file, or why it could not be read.</summary>
    internal static Reading<byte[]> ReadFile(string path)
    {
        try
        {
            // Pipes and devices have no length, and opening one may wait for ever.
            if (new FileInfo(path).Length == 0)
            {
                return Reading.Failed<byte[]>("it is empty, or no regular file");
            }

            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[(int)Math.Min(file.Length, MaxFileBytes) + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > MaxFileBytes ? Reading.Failed<byte[]>($"it has more than {MaxFileBytes} bytes") : bytes[..length];
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return Reading.None<byte[]>(missing.Message);
        }
        catch (UnauthorizedAccessException denied)
        {
            return Reading.Denied<byte[]>(denied.Message);
        }
        catch (IOException failed)
        {
            return Reading.Failed<byte[]>(failed.Message);
        }
    }
}
