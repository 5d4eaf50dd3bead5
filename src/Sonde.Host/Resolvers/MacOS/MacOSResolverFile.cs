using Sonde.Host.Resolvers.Unix;

namespace Sonde.Host.Resolvers.MacOS;

/// <summary>/etc/resolv.conf, which macOS writes for programs that know nothing else; it holds the default resolver only.</summary>
internal static class MacOSResolverFile
{
    internal const string DefaultPath = "/etc/resolv.conf";

    // configd writes a few lines; a file of more than this is no configuration.
    private const int MaxFileBytes = 256 * 1024;

    /// <summary>Reads the file, or says why it cannot be read.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="note">What was left out of it, or null.</param>
    internal static Reading<ResolvConf> Read(string path, out string? note)
    {
        note = null;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] text = new byte[MaxFileBytes + 1];
            int length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            if (length > MaxFileBytes)
            {
                length = MaxFileBytes;
                note = $"only its first {MaxFileBytes / 1024} KiB were read";
            }

            return ResolvConf.Parse(text.AsSpan(0, length));
        }
        catch (Exception refused) when (refused is FileNotFoundException or DirectoryNotFoundException)
        {
            return Reading.None<ResolvConf>(
                new FileInfo(path).LinkTarget is { } target ? $"it is a link to {target}, which does not exist" : refused.Message);
        }
        catch (UnauthorizedAccessException refused)
        {
            return Reading.Denied<ResolvConf>(refused.Message);
        }
        catch (IOException refused)
        {
            return Reading.Failed<ResolvConf>(refused.Message);
        }
    }
}
