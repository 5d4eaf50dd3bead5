using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security;
using System.Security.AccessControl;
using System.Security.Principal;
using Microsoft.Win32.SafeHandles;

namespace Sonde.Host.Processes.Windows;

/// <summary>Owner, processor and version resource of a program's file.</summary>
[SupportedOSPlatform("windows")]
internal static class ImageDetailReader
{
    private const int HeaderBytes = 4096;
    private const string Remote = "it lies on another machine, which is not asked";

    internal static Reading<ProcessImageDetails> Read(Reading<ProcessImage> image)
    {
        if (!image.TryGetValue(out ProcessImage? file))
        {
            return image.Select(static _ => default(ProcessImageDetails)!); // a reason stays what it is
        }

        if (NativePaths.IsRemote(file.Path))
        {
            return Reading.NotCollected<ProcessImageDetails>(Remote);
        }

        try
        {
            var version = FileVersionInfo.GetVersionInfo(file.Path);
            PeMachine machine = ReadMachine(file.Path);
            return new ProcessImageDetails(
                ReadOwner(file.Path),
                Reading.Unsupported<string>(WindowsReasons.NotOnWindows),
                Reading.Unsupported<string>("Windows has access lists instead"),
                Reading.Unsupported<IReadOnlyList<string>>(WindowsReasons.NotOnWindows),
                machine.Name,
                Reading.Unsupported<bool>("wow64 says it of the process"),
                TextOf(version.ProductName),
                TextOf(version.FileVersion),
                TextOf(version.CompanyName),
                TextOf(version.FileDescription),
                TextOf(version.OriginalFilename));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or SecurityException)
        {
            return refused is UnauthorizedAccessException or SecurityException ? Reading.Denied<ProcessImageDetails>("this user may not read the file")
                : refused is FileNotFoundException or DirectoryNotFoundException ? Reading.Gone<ProcessImageDetails>("the file is gone")
                : Reading.Failed<ProcessImageDetails>(refused.Message);
        }
    }

    private static Reading<string> TextOf(string? text) => string.IsNullOrWhiteSpace(text) ? Reading.None<string>("the file does not say") : text;

    private static PeMachine ReadMachine(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] header = new byte[HeaderBytes];
        int length = RandomAccess.Read(file, header, 0);
        return PeMachine.Read(header.AsSpan(0, length));
    }

    private static Reading<string> ReadOwner(string path)
    {
        try
        {
            return new FileInfo(path).GetAccessControl(AccessControlSections.Owner).GetOwner(typeof(SecurityIdentifier))?.Value
                ?? Reading.None<string>("the file has no owner");
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException or PrivilegeNotHeldException or InvalidOperationException)
        {
            return refused is UnauthorizedAccessException ? Reading.Denied<string>("this user may not read the file's owner") : Reading.Failed<string>(refused.Message);
        }
    }
}
