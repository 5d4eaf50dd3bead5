using System.Buffers.Binary;
using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Linux;

/// <summary>The file that a process runs from: by the link of /proc, which leads to the very file even when its path leads elsewhere.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxImageReader(ProcFiles files)
{
    private const int MaxCached = 16 * 1024;
    private const int FactsBytes = 56;
    private static ReadOnlySpan<byte> DeletedMark => " (deleted)"u8;

    /// <summary>What is said of the file of a kernel thread.</summary>
    internal static Reading<ProcessImage> Kernel { get; } = Reading.None<ProcessImage>("a kernel thread runs from no file");

    private readonly BytesCache<ProcessImage> _images = new(MaxCached, 8L * 1024 * 1024);
    private byte[] _key = new byte[512];

    /// <summary>Reads the image of the process that was entered.</summary>
    internal Reading<ProcessImage> Read(in ProcessSample sample)
    {
        int length = files.ReadLink("exe"u8, out ReadOnlySpan<byte> target);
        if (length < 0)
        {
            ReadingStatus why = LinuxReasons.ToStatus(length, isOffered: true);
            return why != ReadingStatus.Gone ? new Reading<ProcessImage>(why, default, LinuxReasons.Of(why))
                : sample.IsKernel ? Kernel
                : sample.State is ProcessState.Zombie or ProcessState.Dead ? Reading.None<ProcessImage>("it has ended, and runs from no file any more")
                : Reading.Gone<ProcessImage>(LinuxReasons.Ended);
        }

        int error = files.Stat("exe"u8, out statx facts);
        Span<byte> key = KeyOf(target, error == 0 ? facts : default);
        ReadOnlySpan<byte> path = key[FactsBytes..];

        // A path with the mark is looked at each time: what lies under it may have come back since.
        bool isMarked = path.EndsWith(DeletedMark);
        if (!isMarked && _images.TryGet(key, out ProcessImage? image))
        {
            return image;
        }

        image = Describe(path, isMarked, error, facts);
        if (!isMarked)
        {
            _images.Add(key, image);
        }

        return image;
    }

    /// <summary>Which file it is.</summary>
    internal static ProcessImageFile FileOf(in statx facts) =>
        new(DeviceOf(facts), facts.stx_ino, (long)Math.Min(facts.stx_size, long.MaxValue), TimeOf(facts.stx_mtime), TimeOf(facts.stx_ctime));

    private static DateTimeOffset TimeOf(statx_timestamp time) =>
        time.tv_sec is > -62_135_596_800 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(time.tv_sec).AddTicks(time.tv_nsec / 100)
            : DateTimeOffset.MinValue;

    private static ulong DeviceOf(in statx facts) => ((ulong)facts.stx_dev_major << 32) | facts.stx_dev_minor;

    private ProcessImage Describe(ReadOnlySpan<byte> path, bool isMarked, int error, in statx facts)
    {
        ReadingStatus why = LinuxReasons.ToStatus(error, isOffered: true);
        Reading<ProcessImageFile> file = error == 0
            ? FileOf(facts)
            : new Reading<ProcessImageFile>(why, default, LinuxReasons.Of(why));
        ReadOnlySpan<byte> shown = path;
        Reading<ProcessImageState> state;
        if (path.StartsWith("/memfd:"u8) && isMarked)
        {
            shown = path[..^DeletedMark.Length];
            state = ProcessImageState.Memory;
        }
        else if (!isMarked)
        {
            state = ProcessImageState.Present;
        }
        else if (error != 0)
        {
            state = Reading.Denied<ProcessImageState>(LinuxReasons.Denied);
        }
        else if (IsUnder(path, facts))
        {
            state = ProcessImageState.Present; // a file that is really called so
        }
        else
        {
            shown = path[..^DeletedMark.Length];
            state = Exists(shown) ? ProcessImageState.Replaced : ProcessImageState.Deleted;
        }

        return new ProcessImage(SystemText.Of(shown), state, Reading.None<string>("it is the same"), file);
    }

    // The path is as the process sees it, so it is looked up in the process's own root; after chroot it is as we see it.
    private bool IsUnder(ReadOnlySpan<byte> path, in statx image) =>
        (Look(path, out statx found) && found.stx_ino == image.stx_ino && DeviceOf(found) == DeviceOf(image))
        || (ProcFiles.StatOwn(path, out found) == 0 && found.stx_ino == image.stx_ino && DeviceOf(found) == DeviceOf(image));

    private bool Exists(ReadOnlySpan<byte> path) => Look(path, out _);

    private bool Look(ReadOnlySpan<byte> path, out statx found) => files.Stat([.. "root"u8, .. path], out found) == 0;

    private Span<byte> KeyOf(ReadOnlySpan<byte> path, in statx facts)
    {
        if (_key.Length < FactsBytes + path.Length)
        {
            _key = new byte[(FactsBytes + path.Length) * 2];
        }

        Span<byte> key = _key.AsSpan(0, FactsBytes + path.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(key, DeviceOf(facts));
        BinaryPrimitives.WriteUInt64LittleEndian(key[8..], facts.stx_ino);
        BinaryPrimitives.WriteUInt64LittleEndian(key[16..], facts.stx_size);
        BinaryPrimitives.WriteInt64LittleEndian(key[24..], facts.stx_mtime.tv_sec);
        BinaryPrimitives.WriteUInt64LittleEndian(key[32..], facts.stx_mtime.tv_nsec);
        BinaryPrimitives.WriteInt64LittleEndian(key[40..], facts.stx_ctime.tv_sec);
        BinaryPrimitives.WriteUInt64LittleEndian(key[48..], facts.stx_ctime.tv_nsec);
        path.CopyTo(key[FactsBytes..]);
        return key;
    }
}
