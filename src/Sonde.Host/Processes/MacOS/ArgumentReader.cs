using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Unix;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>Command line, environment and launchd label of a process: one answer of the kernel holds them all.</summary>
[SupportedOSPlatform("macos")]
internal sealed class ArgumentReader(ProcessCollectorOptions options)
{
    private const int MaxCached = 16 * 1024;
    private const long MaxCachedBytes = 8L * 1024 * 1024;
    private static ReadOnlySpan<byte> LabelVariable => "XPC_SERVICE_NAME"u8;

    private readonly BytesCache<ProcessArguments> _arguments = new(MaxCached, MaxCachedBytes);
    private byte[] _buffer = [];

    /// <summary>Reads the answer, which is valid until the next one.</summary>
    internal bool TryRead(in ProcessSample sample, out ArgumentStrings strings, out Reading<string> refused)
    {
        strings = default;
        refused = default;
        if (ProcessTable.TryReadArguments(sample.Pid, ref _buffer, out ReadOnlySpan<byte> text, out NativeError error))
        {
            if (ArgumentStrings.TryParse(text, out strings))
            {
                return true;
            }

            refused = Reading.Failed<string>("what the kernel gave is no command line");
            return false;
        }

        // The kernel says EINVAL for all of these.
        refused = sample.IsKernel ? Reading.None<string>("the kernel has no command line")
            : sample.State is ProcessState.Zombie or ProcessState.Dead ? Reading.None<string>("it has ended, and its command line with it")
            : error.Code == Darwin.EINVAL && sample.Statuses.Of(SampleFields.UserTime) == ReadingStatus.Denied ? Reading.Denied<string>(MacOSReasons.Denied)
            : error.Code == Darwin.EINVAL ? Reading.Failed<string>("the kernel keeps no command line of it, or it ended while it was read")
            : MacOSReasons.Refused<string>(error);
        return false;
    }

    /// <summary>The command line.</summary>
    internal Reading<ProcessArguments> ArgumentsOf(in ArgumentStrings strings)
    {
        ReadOnlySpan<byte> text = strings.Arguments;
        if (text.IsEmpty)
        {
            return Reading.None<ProcessArguments>("its command line is empty");
        }

        int max = Math.Max(1, options.MaxArgumentBytes);
        bool isCut = strings.IsCut || text.Length > max;
        text = text.Length > max ? text[..max] : text;
        if (!_arguments.TryGet(text, out ProcessArguments? arguments))
        {
            arguments = CommandLineParser.Parse(text, isCut, options.ShowSecrets);
            if (!isCut)
            {
                _arguments.Add(text, arguments);
            }
        }

        return arguments;
    }

    /// <summary>The label of the launchd job that the process belongs to, as launchd told it or the parent it inherited it from.</summary>
    internal static Reading<string> LabelOf(in ArgumentStrings strings, int pid) =>
        strings.TryGetVariable(LabelVariable, out ReadOnlySpan<byte> label)
            ? label.IsEmpty || label.SequenceEqual("0"u8) ? Reading.None<string>("it belongs to no job of launchd") : SystemText.Of(label)
            : strings.Environment.IsEmpty ? WhyNoEnvironment<string>(pid, "it has no environment, in which launchd tells a job its label")
            : Reading.None<string>("its environment names no job of launchd");

    /// <summary>Why there is no environment: withheld, or none.</summary>
    internal static Reading<T> WhyNoEnvironment<T>(int pid, string none) =>
        CodeSignature.TryReadNumber(pid, Darwin.CS_OPS_STATUS, out uint flags, out _) && (flags & Darwin.CS_RESTRICT) != 0
            ? Reading.Denied<T>("system integrity protection withholds the environment of restricted programs")
            : Reading.None<T>(none);
}
