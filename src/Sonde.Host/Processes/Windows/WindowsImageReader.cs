using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>The file that a process runs from: its path of the kernel needs no handle, what has become of it does.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsImageReader(NativePaths paths)
{
    private const string GlobalRoot = @"\\?\GLOBALROOT";
    private const string Remote = "it lies on another machine, which is not asked: that would show it who asks";

    private readonly char[] _room = new char[32 * 1024];
    private readonly Dictionary<string, Reading<ProcessImageFile>> _files = new(StringComparer.Ordinal); // of this cycle
    private byte[] _buffer = GC.AllocateArray<byte>(2048, pinned: true);

    internal void BeginCycle() => _files.Clear();

    /// <summary>Reads the image of a process.</summary>
    /// <param name="sample">The process.</param>
    /// <param name="opened">Its handle, if there is one.</param>
    /// <param name="name">The name that the system's list gives it; empty when there is no list.</param>
    internal Reading<ProcessImage> Read(in ProcessSample sample, OpenedProcess opened, ReadOnlySpan<char> name)
    {
        if (sample.IsKernel)
        {
            return Reading.None<ProcessImage>(WindowsReasons.KernelHasNone);
        }

        int status = ReadNative(sample.Pid, opened, out string native);
        if (status < 0 || native.Length == 0)
        {
            return status < 0 ? WindowsReasons.Absent<ProcessImage>(status) : Reading.None<ProcessImage>("the system knows no file behind it");
        }

        // Without a handle the id may be another's by now. What that one runs has another name, or it does not matter which of both this is.
        if (opened.Handle is null && name.Length > 0 && !native.AsSpan(native.LastIndexOf('\\') + 1).Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            return Reading.Gone<ProcessImage>(WindowsReasons.Ended);
        }

        string path = paths.ToDosPath(native);
        Reading<ProcessImageState> state = ReadState(opened, ref path);
        return new ProcessImage(
            path, state, native == path ? Reading.None<string>("it is the same") : native, state.HasValue && state.Value == ProcessImageState.Deleted ? Reading.Gone<ProcessImageFile>("the file is gone") : ReadFile(path));
    }

    /// <summary>The path at the start as the kernel names it.</summary>
    private int ReadNative(int pid, OpenedProcess opened, out string native)
    {
        int status = SystemInformation.QueryImageName(pid, _room, out int length);
        native = status >= 0 ? new string(_room, 0, length) : string.Empty;
        if (status >= 0 || opened.Handle is not { } handle)
        {
            return status < 0 && WindowsReasons.StatusOf(status) == ReadingStatus.Unsupported ? opened.Status : status;
        }

        status = handle.QueryText(PROCESSINFOCLASS.ProcessImageFileName, ref _buffer, out ReadOnlySpan<char> text);
        native = text.ToString();
        return status;
    }

    // The system follows the file: to its new name, or to nowhere.
    private Reading<ProcessImageState> ReadState(OpenedProcess opened, ref string path)
    {
        if (opened.Handle is not { } handle)
        {
            return opened.Refusal<ProcessImageState>();
        }

        int status = handle.QueryText(PROCESSINFOCLASS.ProcessImageFileNameWin32, ref _buffer, out ReadOnlySpan<char> now);
        if (status is NtStatus.STATUS_FILE_DELETED or NtStatus.STATUS_OBJECT_NAME_NOT_FOUND or NtStatus.STATUS_OBJECT_PATH_NOT_FOUND)
        {
            return ProcessImageState.Deleted;
        }

        if (status < 0 || now.IsEmpty)
        {
            return status < 0 ? WindowsReasons.Absent<ProcessImageState>(status) : Reading.Unsupported<ProcessImageState>(WindowsReasons.NotTold);
        }

        if (path.StartsWith(GlobalRoot, StringComparison.Ordinal))
        {
            path = now.ToString(); // a volume without a letter, mounted in a folder: the system knows in which
            return ProcessImageState.Present;
        }

        // One volume may have several letters: the rest of the path counts.
        return TailOf(now).Equals(TailOf(path), StringComparison.OrdinalIgnoreCase) ? ProcessImageState.Present : ProcessImageState.Renamed;
    }

    private static ReadOnlySpan<char> TailOf(ReadOnlySpan<char> path)
    {
        if (path.StartsWith(@"\\?\"))
        {
            path = path[4..];
        }

        return path.Length > 2 && path[1] == ':' ? path[2..] : path;
    }

    private Reading<ProcessImageFile> ReadFile(string path)
    {
        if (NativePaths.IsRemote(path))
        {
            return Reading.NotCollected<ProcessImageFile>(Remote);
        }

        // Fifty processes of one program are one file; it is looked at once a cycle.
        if (!_files.TryGetValue(path, out Reading<ProcessImageFile> file))
        {
            int error = FileFacts.Read(path, out FileFacts facts);
            file = error == Win32.ERROR_SUCCESS
                ? new ProcessImageFile(facts.Volume, facts.Id, facts.Size, DateOf(facts.Written), DateOf(facts.Changed))
                : error is Win32.ERROR_FILE_NOT_FOUND or Win32.ERROR_PATH_NOT_FOUND ? Reading.Gone<ProcessImageFile>("the file is gone")
                : WindowsReasons.AbsentWin32<ProcessImageFile>(error);
            _files.Add(path, file);
        }

        return file;
    }

    private static DateTimeOffset DateOf(long fileTime) => new(WindowsSamples.ToDateTicks(fileTime), TimeSpan.Zero);
}
