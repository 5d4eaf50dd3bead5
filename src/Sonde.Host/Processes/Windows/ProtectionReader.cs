using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>How Windows protects a process, and what kind it is; each answer for itself.</summary>
[SupportedOSPlatform("windows")]
internal static class ProtectionReader
{
    internal static Reading<WindowsProtection> Read(OpenedProcess opened)
    {
        if (opened.Handle is not { } handle)
        {
            return opened.Refusal<WindowsProtection>();
        }

        byte level = 0;
        int status = handle.Query(PROCESSINFOCLASS.ProcessProtectionInformation, ref level);
        Reading<(string Type, string Signer, bool IsAudited)> protection =
            status < 0 ? WindowsReasons.Absent<(string, string, bool)>(status) : ProtectionAnswers.Decode(level);

        uint subsystem = 0;
        status = handle.Query(PROCESSINFOCLASS.ProcessSubsystemInformation, ref subsystem);
        Reading<string> kind = status < 0 ? WindowsReasons.Absent<string>(status) : ProtectionAnswers.SubsystemOf(subsystem);

        uint critical = 0;
        status = handle.Query(PROCESSINFOCLASS.ProcessBreakOnTermination, ref critical);
        Reading<bool> isCritical = status < 0 ? WindowsReasons.Absent<bool>(status) : critical != 0;

        Reading<uint> flags = ReadFlags(handle);
        return new WindowsProtection(
            protection.Select(static one => one.Type),
            protection.Select(static one => one.Signer),
            protection.Select(static one => one.IsAudited),
            flags.HasValue ? flags.Select(static one => (one & ProtectionAnswers.IsWow64) != 0) : ReadWow64(handle),
            flags.Select(static one => (one & ProtectionAnswers.IsSecure) != 0),
            flags.Select(static one => (one & ProtectionAnswers.IsStronglyNamed) != 0),
            kind,
            flags.Select(static one => (one & ProtectionAnswers.IsFrozen) != 0),
            isCritical);
    }

    private static Reading<uint> ReadFlags(ProcessHandle handle)
    {
        var answer = new PROCESS_EXTENDED_BASIC_INFORMATION { Size = (nuint)NativeStruct.SizeOf<PROCESS_EXTENDED_BASIC_INFORMATION>() };
        int status = handle.Query(PROCESSINFOCLASS.ProcessBasicInformation, ref answer);

        // A version that knows only the short form refuses the length of the long one.
        return status == NtStatus.STATUS_INFO_LENGTH_MISMATCH ? Reading.Unsupported<uint>(WindowsReasons.NotTold)
            : status < 0 ? WindowsReasons.Absent<uint>(status)
            : answer.Flags;
    }

    private static Reading<bool> ReadWow64(ProcessHandle handle)
    {
        nint peb = 0;
        int status = handle.Query(PROCESSINFOCLASS.ProcessWow64Information, ref peb);
        return status < 0 ? WindowsReasons.Absent<bool>(status) : peb != 0;
    }
}
