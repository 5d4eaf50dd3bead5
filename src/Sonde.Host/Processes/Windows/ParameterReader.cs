using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>Command line, working folder and environment: the first as the system tells it, all of them from the process's own memory.</summary>
[SupportedOSPlatform("windows")]
internal sealed class ParameterReader(ProcessCollectorOptions options)
{
    private const uint MemoryAccess = NtDll.PROCESS_QUERY_INFORMATION | NtDll.PROCESS_VM_READ;
    private const string MemoryDenied = "its memory is closed to this user: that takes its own user, an elevated administrator or SeDebugPrivilege, and no protection";
    private byte[] _buffer = GC.AllocateArray<byte>(4096, pinned: true);

    internal Reading<ProcessArguments> ReadArguments(in ProcessSample sample, OpenedProcess opened)
    {
        if (sample.IsKernel)
        {
            return Reading.None<ProcessArguments>(WindowsReasons.KernelHasNone);
        }

        if (opened.Handle is not { } handle)
        {
            return opened.Refusal<ProcessArguments>();
        }

        // The question that needs no look into its memory, since Windows 8.1.
        int status = handle.QueryText(PROCESSINFOCLASS.ProcessCommandLineInformation, ref _buffer, out ReadOnlySpan<char> line);
        if (status >= 0)
        {
            int max = Math.Max(1, options.MaxArgumentBytes / sizeof(char));
            return Parse(line[..Math.Min(line.Length, max)], line.Length > max);
        }

        if (WindowsReasons.StatusOf(status) != ReadingStatus.Unsupported)
        {
            return WindowsReasons.Absent<ProcessArguments>(status);
        }

        status = WithMemory(sample.Pid, opened, parameters =>
        {
            int read = parameters.ReadCommandLine(options.MaxArgumentBytes, out string text, out bool isTruncated);
            return (read, (text, isTruncated));
        }, out (string Text, bool IsTruncated) found);
        return status < 0 ? AbsentMemory<ProcessArguments>(status) : Parse(found.Text, found.IsTruncated);
    }

    internal static Reading<string> ReadFolder(in ProcessSample sample, OpenedProcess opened)
    {
        if (sample.IsKernel)
        {
            return Reading.None<string>(WindowsReasons.KernelHasNone);
        }

        int status = WithMemory(sample.Pid, opened, static parameters => (parameters.ReadFolder(out string text), text), out string? folder);
        return status < 0 ? AbsentMemory<string>(status) : folder is { Length: > 0 } ? folder : Reading.None<string>("it has none");
    }

    internal Reading<IReadOnlyList<string>> ReadEnvironment(in ProcessSample sample, OpenedProcess opened)
    {
        const int MaxVariables = 8192;
        if (sample.IsKernel)
        {
            return Reading.None<IReadOnlyList<string>>(WindowsReasons.KernelHasNone);
        }

        int status = WithMemory(sample.Pid, opened, parameters => (parameters.ReadEnvironment(options.MaxArgumentBytes, out byte[] block, out _), block), out byte[]? found);
        if (status < 0 || found is null)
        {
            return AbsentMemory<IReadOnlyList<string>>(status);
        }

        List<string> variables = ProcessParameters.SplitEnvironment(found, MaxVariables);
        if (!options.ShowSecrets)
        {
            Redaction.SecretMask.ApplyToEnvironment(variables);
        }

        return Reading.Ok<IReadOnlyList<string>>(variables);
    }

    private Reading<ProcessArguments> Parse(ReadOnlySpan<char> line, bool isTruncated) =>
        line.IsEmpty ? Reading.None<ProcessArguments>("its command line is empty") : WindowsCommandLine.Parse(line, isTruncated, options.ShowSecrets);

    private static Reading<T> AbsentMemory<T>(int status) => WindowsReasons.StatusOf(status) switch
    {
        ReadingStatus.Denied => Reading.Denied<T>(MemoryDenied),
        _ => WindowsReasons.Absent<T>(status),
    };

    // A right to read memory is asked for only now, and given back at once: watchers of such handles are right to be alarmed by kept ones.
    private static int WithMemory<T>(int pid, OpenedProcess opened, Func<ProcessParameters, (int Status, T Value)> read, out T? value)
    {
        value = default;
        int status = ProcessHandle.Open(pid, MemoryAccess, out ProcessHandle? handle);
        if (handle is null)
        {
            return status;
        }

        using (handle)
        {
            KERNEL_USER_TIMES times = default;
            PROCESS_BASIC_INFORMATION basic = default;
            nuint peb32 = 0;
            status = handle.Query(PROCESSINFOCLASS.ProcessTimes, ref times);
            if (status < 0 || times.CreateTime != opened.Created)
            {
                return status < 0 ? status : NtStatus.STATUS_INVALID_CID;
            }

            status = handle.Query(PROCESSINFOCLASS.ProcessBasicInformation, ref basic);
            if (status < 0 || basic.PebBaseAddress == 0)
            {
                return status < 0 ? status : NtStatus.STATUS_NOT_SUPPORTED;
            }

            bool is32Bit = handle.Query(PROCESSINFOCLASS.ProcessWow64Information, ref peb32) >= 0 && peb32 != 0;
            (status, value) = read(new ProcessParameters(handle.ReadMemory, is32Bit, is32Bit ? peb32 : basic.PebBaseAddress));
            return status;
        }
    }
}
