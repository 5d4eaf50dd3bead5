using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>The file that a process runs from: its path as the kernel has it now, the file that is really mapped, and what lies under the path.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSImageReader
{
    // The program lies below its libraries; a few pieces of other files may come first.
    private const int MaxRegions = 16;

    private readonly byte[] _path = new byte[Darwin.PROC_PIDPATHINFO_MAXSIZE + 1];

    /// <summary>Reads the image of a process.</summary>
    /// <param name="sample">The process.</param>
    /// <param name="started">The path that was executed, empty when it is not known: what is left of a file that has no name any more.</param>
    internal Reading<ProcessImage> Read(in ProcessSample sample, ReadOnlySpan<byte> started)
    {
        if (sample.IsKernel)
        {
            return Reading.None<ProcessImage>("the kernel runs from no file of a process");
        }

        if (!TryReadPath(sample.Pid, out ReadOnlySpan<byte> path, out NativeError error))
        {
            return error.Code == Darwin.ENOENT && !started.IsEmpty
                    ? new ProcessImage(SystemText.Of(started), ProcessImageState.Deleted, Same(), Reading.Gone<ProcessImageFile>("the file has no name any more"))
                : error.Code == Darwin.ESRCH && sample.State is ProcessState.Zombie or ProcessState.Dead ? Reading.None<ProcessImage>("it has ended, and runs from no file any more")
                : error.Code == Darwin.ENOENT ? Reading.Gone<ProcessImage>("the file has no name any more")
                : MacOSReasons.Refused<ProcessImage>(error);
        }

        bool isMapped = TryFindMapped(sample.Pid, path, out vnode_info_path mapped, out error);
        Reading<ProcessImageFile> file = isMapped ? FileOf(mapped)
            : error.Code == 0 ? Reading.Failed<ProcessImageFile>("none of its mapped files lies under the path of its program")
            : MacOSReasons.Refused<ProcessImageFile>(error);
        return new ProcessImage(SystemText.Of(path), StateOf(path, isMapped, mapped, error), Same(), file);
    }

    /// <summary>Reads what lies under the path of the program; for its owner and mode.</summary>
    internal bool TryReadFile(int pid, out stat facts, out NativeError error)
    {
        facts = default;
        return TryReadPath(pid, out ReadOnlySpan<byte> path, out error) && FileStatus.TryRead(WithZero(path), out facts, out error);
    }

    /// <summary>The bytes of a path in a field of fixed size.</summary>
    internal static ReadOnlySpan<byte> PathOf(ref readonly vnode_info_path file)
    {
        ReadOnlySpan<byte> path = file.vip_path;
        int end = path.IndexOf((byte)0);
        return end < 0 ? path : path[..end];
    }

    private static Reading<string> Same() => Reading.None<string>("it is the same");

    private static ProcessImageFile FileOf(in vnode_info_path file) => new(
        ((ulong)(file.vst_dev >> 24) << 32) | (file.vst_dev & 0xFFFFFF), // major and minor number, as on Linux
        file.vst_ino,
        file.vst_size,
        TimeOf(file.vst_mtime, file.vst_mtimensec),
        TimeOf(file.vst_ctime, file.vst_ctimensec));

    private static DateTimeOffset TimeOf(long seconds, long nanoseconds) =>
        seconds is > -62_135_596_800 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(Math.Clamp(nanoseconds, 0, 999_999_999) / 100)
            : DateTimeOffset.MinValue;

    private static bool TryFindMapped(int pid, ReadOnlySpan<byte> path, out vnode_info_path mapped, out NativeError error)
    {
        ulong address = 0;
        for (int count = 0; count < MaxRegions; count++)
        {
            if (!ProcessInfo.TryRead(pid, Darwin.PROC_PIDREGIONPATHINFO2, address, out proc_regionwithpathinfo region, out error))
            {
                // Behind the last mapped file there is none (EINVAL); that of the first question is a refusal.
                error = count > 0 && error.Code == Darwin.EINVAL ? default : error;
                mapped = default;
                return false;
            }

            if (PathOf(in region.prp_vip).SequenceEqual(path))
            {
                mapped = region.prp_vip;
                error = default;
                return true;
            }

            ulong next = unchecked(region.prp_prinfo.pri_address + region.prp_prinfo.pri_size);
            if (next <= address)
            {
                break;
            }

            address = next;
        }

        mapped = default;
        error = default;
        return false;
    }

    private ReadOnlySpan<byte> WithZero(ReadOnlySpan<byte> path)
    {
        path.CopyTo(_path); // onto itself: a path that was read lies there
        _path[path.Length] = 0;
        return _path.AsSpan(0, path.Length + 1);
    }

    private Reading<ProcessImageState> StateOf(ReadOnlySpan<byte> path, bool isMapped, in vnode_info_path mapped, NativeError unmapped)
    {
        if (!FileStatus.TryRead(WithZero(path), out stat there, out NativeError error))
        {
            return error.Code is Darwin.ENOENT or Darwin.ENOTDIR ? ProcessImageState.Deleted
                : error.Code is Darwin.EPERM or Darwin.EACCES ? Reading.Denied<ProcessImageState>($"stat: {error}")
                : Reading.Failed<ProcessImageState>($"stat: {error}");
        }

        if (isMapped)
        {
            return there.st_ino == mapped.vst_ino && (uint)there.st_dev == mapped.vst_dev ? ProcessImageState.Present : ProcessImageState.Replaced;
        }

        return MacOSReasons.ToStatus(unmapped) == ReadingStatus.Denied
            ? Reading.Denied<ProcessImageState>("there is a file under its path; whether that is what runs only its own user, or root, may see")
            : Reading.Failed<ProcessImageState>("there is a file under its path; the kernel does not say whether that is what runs");
    }

    private bool TryReadPath(int pid, out ReadOnlySpan<byte> path, out NativeError error)
    {
        bool isRead = ProcessInfo.TryReadPath(pid, _path.AsSpan(0, Darwin.PROC_PIDPATHINFO_MAXSIZE), out int length, out error);
        path = _path.AsSpan(0, length);
        int end = path.IndexOf((byte)0);
        path = end < 0 ? path : path[..end];
        return isRead && !path.IsEmpty;
    }
}
