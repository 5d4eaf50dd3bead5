using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>What the kernel's refusals mean for a field, in words that are the same for every process.</summary>
internal static class MacOSReasons
{
    internal const string Denied = "only its own user, or root, may read this";
    internal const string Ended = "it ended while it was read";
    internal const string NotOnMacOS = "macOS has no such thing";
    internal const string NotTold = "this macOS does not tell";
    internal const string Failed = "the kernel failed to answer";

    /// <summary>The words for the statuses of samples.</summary>
    /// <param name="terminalName">How a terminal is named.</param>
    internal static SampleReasons Samples(Func<uint, string> terminalName) => new(
        (SampleFields.SwitchesGroup, ReadingStatus.Unsupported, "macOS counts voluntary and forced switches together"),
        (MacOSSamples.NotOnMacOS, ReadingStatus.Unsupported, NotOnMacOS),
        (SampleFields.All, ReadingStatus.Unsupported, NotTold),
        (SampleFields.Terminal, ReadingStatus.None, "it has no terminal"),
        (SampleFields.Tracer, ReadingStatus.None, "nobody traces it"),
        (SampleFields.All, ReadingStatus.None, "it has ended, and this with it"),
        (SampleFields.State, ReadingStatus.Denied, "it lives; whether it runs or sleeps only its threads tell, and only to its own user or root"),
        (SampleFields.All, ReadingStatus.Denied, Denied),
        (SampleFields.All, ReadingStatus.Gone, Ended),
        (SampleFields.All, ReadingStatus.Failed, Failed))
    {
        TerminalName = terminalName,
    };

    /// <summary>The words for a status of <see cref="ToStatus"/>.</summary>
    internal static string? Of(ReadingStatus status) => status switch
    {
        ReadingStatus.Denied => Denied,
        ReadingStatus.Gone => Ended,
        ReadingStatus.Unsupported => NotTold,
        ReadingStatus.Failed => Failed,
        _ => null,
    };

    /// <summary>What an error number of libproc, csops or a table means.</summary>
    internal static ReadingStatus ToStatus(NativeError error) => error.Code switch
    {
        0 => ReadingStatus.Ok,
        Darwin.EPERM or Darwin.EACCES => ReadingStatus.Denied,
        Darwin.ESRCH => ReadingStatus.Gone,
        Darwin.ENOTSUP or Darwin.ENOSYS or Darwin.EINVAL => ReadingStatus.Unsupported,
        _ => ReadingStatus.Failed,
    };

    /// <summary>A refusal as a reading.</summary>
    internal static Reading<T> Refused<T>(NativeError error)
    {
        // A call that failed without an error number is a failure, not a value.
        ReadingStatus status = error.Code == 0 ? ReadingStatus.Failed : ToStatus(error);
        return new Reading<T>(status, default, Of(status));
    }

    /// <summary>A refusal as a reading; of a process that has ended nothing is left, and that is no race.</summary>
    internal static Reading<T> RefusedOf<T>(NativeError error, in ProcessSample sample) =>
        error.Code == Darwin.ESRCH && sample.State is ProcessState.Zombie or ProcessState.Dead ? Reading.None<T>("it has ended, and this with it") : Refused<T>(error);
}
