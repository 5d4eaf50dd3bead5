using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.Linux;

/// <summary>What the kernel's refusals mean for a field, in words that are the same for every process.</summary>
internal static class LinuxReasons
{
    internal const string Denied = "only its own user, or CAP_SYS_PTRACE, may read this";
    internal const string Ended = "it ended while it was read";
    internal const string NotOnLinux = "Linux has no such thing";
    internal const string NotTold = "this kernel does not tell";

    /// <summary>The words for the statuses of samples, of every engine of Linux.</summary>
    internal static SampleReasons Samples { get; } = new(
        (LinuxSamples.NotOnLinux, ReadingStatus.Unsupported, NotOnLinux),
        (SampleFields.MemoryGroup, ReadingStatus.None, "it has no memory of its own: a kernel thread, or a process that has ended"),
        (SampleFields.IoGroup, ReadingStatus.Unsupported, "this kernel does not account I/O"),
        (SampleFields.All, ReadingStatus.Unsupported, NotTold),
        (SampleFields.Terminal, ReadingStatus.None, "it has no terminal"),
        (SampleFields.Tracer, ReadingStatus.None, "nobody traces it"),
        (SampleFields.All, ReadingStatus.Denied, Denied),
        (SampleFields.All, ReadingStatus.Gone, Ended),
        (SampleFields.All, ReadingStatus.Failed, "the kernel failed to answer"))
    {
        TerminalName = LinuxTerminals.NameOf,
    };

    /// <summary>The words for a status of <see cref="ToStatus"/>.</summary>
    internal static string? Of(ReadingStatus status) => status switch
    {
        ReadingStatus.Denied => Denied,
        ReadingStatus.Gone => Ended,
        ReadingStatus.Unsupported => NotTold,
        ReadingStatus.Failed => "the kernel failed to answer",
        _ => null,
    };

    /// <summary>What a negative error number of ProcFiles means.</summary>
    /// <param name="error">The number.</param>
    /// <param name="isOffered">Whether this kernel has the file for other processes: then its absence says that this one ended.</param>
    internal static ReadingStatus ToStatus(int error, bool isOffered) => -error switch
    {
        1 or 13 => ReadingStatus.Denied, // EPERM, EACCES
        3 => ReadingStatus.Gone, // ESRCH
        2 => isOffered ? ReadingStatus.Gone : ReadingStatus.Unsupported, // ENOENT
        _ => ReadingStatus.Failed,
    };
}
