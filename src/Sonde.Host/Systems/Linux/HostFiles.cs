using System.Runtime.Versioning;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Systems.Linux;

/// <summary>Small files of the kernel and the system, as readings.</summary>
/// <param name="root">The folder that they lie under; "/" but in tests.</param>
[SupportedOSPlatform("linux")]
internal sealed class HostFiles(string root)
{
    private const int MaxBytes = 1024 * 1024;

    internal string PathOf(string path) => Path.Combine(root, path);

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">The file, without the root's slash.</param>
    /// <param name="absent">What it means when there is no such file.</param>
    internal Reading<byte[]> Bytes(string path, Reading<byte[]> absent)
    {
        try
        {
            return LibC.ReadFile(PathOf(path), MaxBytes, out _);
        }
        catch (NativeException refused)
        {
            string reason = $"/{path}: {refused.Error}";
            return HostException.Classify(refused.Error) switch
            {
                HostFailure.NotFound => absent,
                HostFailure.AccessDenied => Reading.Denied<byte[]>(reason),
                _ => Reading.Failed<byte[]>(reason),
            };
        }
    }

    /// <summary>The text of a file, without white space around it; an empty one is none.</summary>
    internal Reading<string> Text(string path, Reading<byte[]> absent)
    {
        Reading<string> text = Bytes(path, absent).Select(static bytes => Encoding.UTF8.GetString(bytes).Trim([' ', '\t', '\n', '\0']));
        return text.HasValue && text.Value.Length == 0 ? Reading.None<string>($"/{path} is empty") : text;
    }

    internal bool Exists(string path) => File.Exists(PathOf(path)) || Directory.Exists(PathOf(path));
}
