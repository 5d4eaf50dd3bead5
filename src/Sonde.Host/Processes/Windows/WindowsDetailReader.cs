using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>The on-request tier of a process.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsDetailReader(TokenReader tokens, ParameterReader parameters)
{
    private readonly SignatureReader _signatures = new();

    internal void Read(in ProcessSample sample, long privateWorkingSet, OpenedProcess opened, Reading<ProcessImage> image, ProcessFields fields, ProcessDetails details)
    {
        if (fields.HasFlag(ProcessFields.Folders))
        {
            details.WorkingFolder = ParameterReader.ReadFolder(sample, opened);
            details.RootFolder = Reading.Unsupported<string>(WindowsReasons.NotOnWindows);
        }

        if (fields.HasFlag(ProcessFields.Environment))
        {
            details.Environment = parameters.ReadEnvironment(sample, opened);
        }

        if (fields.HasFlag(ProcessFields.Groups))
        {
            details.Groups = ReadGroups(opened);
        }

        if (fields.HasFlag(ProcessFields.MemoryMap))
        {
            details.MemoryMap = new ProcessMemoryMap(
                Reading.Unsupported<long>("Windows does not share out what several processes use"),
                privateWorkingSet > 0 ? privateWorkingSet : Reading.Unsupported<long>(WindowsReasons.NotTold),
                Reading.Unsupported<long>(WindowsReasons.NotOnWindows));
        }

        if (fields.HasFlag(ProcessFields.Scheduling))
        {
            details.IoPriority = ReadNumber(opened, PROCESSINFOCLASS.ProcessIoPriority).Select(SchedulingWords.IoPriorityOf);
            details.PagePriority = ReadNumber(opened, PROCESSINFOCLASS.ProcessPagePriority).Select(static priority => (int)Math.Min(priority, int.MaxValue));
            details.Affinity = ReadAffinity(opened);
        }

        if (fields.HasFlag(ProcessFields.Mitigations))
        {
            details.Mitigations = ReadMitigations(opened);
        }

        if (fields.HasFlag(ProcessFields.GuiObjects))
        {
            details.GdiObjects = CountGui(opened, 0);
            details.UserObjects = CountGui(opened, 1);
        }

        if (fields.HasFlag(ProcessFields.ImageDetails))
        {
            details.ImageDetails = ImageDetailReader.Read(image);
        }

        if (fields.HasFlag(ProcessFields.Signature))
        {
            details.Signature = _signatures.Read(image);
        }

        MarkForeign(fields, details);
    }

    private static void MarkForeign(ProcessFields fields, ProcessDetails details)
    {
        if (fields.HasFlag(ProcessFields.Limits))
        {
            details.Limits = Reading.Unsupported<IReadOnlyList<ProcessLimit>>("Windows limits jobs, not processes");
        }

        if (fields.HasFlag(ProcessFields.OutOfMemory))
        {
            details.OutOfMemory = Reading.Unsupported<ProcessOutOfMemory>(WindowsReasons.NotOnWindows);
        }

        if (fields.HasFlag(ProcessFields.UserMap))
        {
            details.UserMap = Reading.Unsupported<IReadOnlyList<string>>(WindowsReasons.NotOnWindows);
            details.GroupMap = Reading.Unsupported<IReadOnlyList<string>>(WindowsReasons.NotOnWindows);
            details.IsDumpable = Reading.Unsupported<bool>(WindowsReasons.NotOnWindows);
            details.SecureBits = Reading.Unsupported<uint>(WindowsReasons.NotOnWindows);
        }

        if (fields.HasFlag(ProcessFields.Hash))
        {
            details.Hash = Reading.NotCollected<string>("the reading of processes does not read their files");
        }

        if (fields.HasFlag(ProcessFields.Entitlements))
        {
            details.Entitlements = Reading.Unsupported<IReadOnlyDictionary<string, string>>(WindowsReasons.NotOnWindows);
        }
    }

    private static Reading<uint> ReadNumber(OpenedProcess opened, PROCESSINFOCLASS what)
    {
        if (opened.Handle is not { } handle)
        {
            return opened.Refusal<uint>();
        }

        uint number = 0;
        int status = handle.Query(what, ref number);
        return status < 0 ? WindowsReasons.Absent<uint>(status) : number;
    }

    // Of the processor group that it began in: groups hold 64 processors each.
    private static Reading<string> ReadAffinity(OpenedProcess opened)
    {
        if (opened.Handle is not { } handle)
        {
            return opened.Refusal<string>();
        }

        PROCESS_BASIC_INFORMATION basic = default;
        int status = handle.Query(PROCESSINFOCLASS.ProcessBasicInformation, ref basic);
        return status < 0 ? WindowsReasons.Absent<string>(status)
            : basic.AffinityMask == 0 ? Reading.None<string>("it runs in several processor groups")
            : SchedulingWords.AffinityOf(basic.AffinityMask);
    }

    private static Reading<IReadOnlyList<string>> ReadMitigations(OpenedProcess opened)
    {
        if (opened.Handle is not { } handle)
        {
            return opened.Refusal<IReadOnlyList<string>>();
        }

        var names = new List<string>();
        int answered = 0;
        int refusal = 0;
        foreach (uint policy in MitigationAnswers.Policies)
        {
            var answer = new PROCESS_MITIGATION_POLICY_INFORMATION { Policy = policy };
            int status = handle.Query(PROCESSINFOCLASS.ProcessMitigationPolicy, ref answer);
            if (status >= 0)
            {
                answered++;
                MitigationAnswers.AddNames(policy, answer.Flags, names);
            }
            else if (refusal == 0)
            {
                refusal = status;
            }
        }

        // A policy that is newer than this Windows is no reason to hide the others.
        return answered > 0 ? Reading.Ok<IReadOnlyList<string>>(names) : WindowsReasons.Absent<IReadOnlyList<string>>(refusal);
    }

    private static Reading<uint> CountGui(OpenedProcess opened, uint which)
    {
        if (opened.Handle is not { } handle)
        {
            return opened.Refusal<uint>();
        }

        int error = handle.CountGuiObjects(which, out uint count);
        return error == Win32.ERROR_SUCCESS ? count : WindowsReasons.AbsentWin32<uint>(error);
    }

    private Reading<IReadOnlyList<string>> ReadGroups(OpenedProcess opened)
    {
        if (opened.Handle is not { } handle)
        {
            return opened.Refusal<IReadOnlyList<string>>();
        }

        int error = TokenReader.Open(handle, out AccessToken? token);
        using (token)
        {
            return token is null ? WindowsReasons.AbsentWin32<IReadOnlyList<string>>(error) : tokens.ReadGroups(token);
        }
    }
}
