using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

/// <summary>A job as launchd tells of it, copied out of its answer.</summary>
/// <param name="Label">Its label.</param>
/// <param name="ProcessId">Its process; null while it has none.</param>
/// <param name="LastExitStatus">How its last process ended, as wait(2) tells it; null when launchd does not say.</param>
/// <param name="Program">The program; empty when launchd does not say.</param>
/// <param name="Arguments">Its arguments; empty when launchd does not say.</param>
internal sealed record LaunchJob(byte[] Label, long? ProcessId, long? LastExitStatus, byte[] Program, IReadOnlyList<byte[]> Arguments);

/// <summary>Asks launchd for the jobs of the domain this process belongs to: for root those of the system, else those of the user.</summary>
[SupportedOSPlatform("macos")]
internal static unsafe class LaunchJobs
{
    private const int MaxJobs = 64 * 1024;
    private const int MaxArguments = 1024;
    private const int MaxTextBytes = 64 * 1024;

    // launch_data_type_t.
    private const int TypeDictionary = 1;
    private const int TypeArray = 2;
    private const int TypeInteger = 4;
    private const int TypeString = 7;
    private const int TypeErrno = 9;

    /// <summary>All jobs that launchd tells of.</summary>
    /// <param name="skipped">How many could not be read.</param>
    /// <exception cref="NativeException">launchd refused, or this macOS has no such call.</exception>
    internal static List<LaunchJob> Read(out int skipped)
    {
        nint answer;
        try
        {
            answer = Ask();
        }
        catch (EntryPointNotFoundException)
        {
            throw new NativeException("launch_msg(GetJobs)", new NativeError(NativeErrorDomain.DarwinErrno, Darwin.ENOSYS), "this macOS does not export it");
        }

        try
        {
            int type = LibSystem.launch_data_get_type(answer);
            if (type == TypeErrno)
            {
                throw new NativeException("launch_msg(GetJobs)", new NativeError(NativeErrorDomain.DarwinErrno, LibSystem.launch_data_get_errno(answer)));
            }

            var found = new Found();
            if (type == TypeDictionary)
            {
                var handle = GCHandle.Alloc(found);
                try
                {
                    // SAFETY: the call visits all entries before it returns; the handle lives that long, and so does the answer.
                    LibSystem.launch_data_dict_iterate(answer, &Visit, GCHandle.ToIntPtr(handle));
                }
                finally
                {
                    handle.Free();
                }
            }

            skipped = found.Skipped;
            return found.Jobs;
        }
        finally
        {
            LibSystem.launch_data_free(answer);
        }
    }

    private static nint Ask()
    {
        nint request;
        fixed (byte* text = "GetJobs\0"u8)
        {
            // SAFETY: the text ends with a zero and is copied by the call.
            request = LibSystem.launch_data_new_string(text);
        }

        nint answer = LibSystem.launch_msg(request);
        NativeError error = NativeError.LastDarwinErrno();
        LibSystem.launch_data_free(request);
        return answer != 0 ? answer : throw new NativeException("launch_msg(GetJobs)", error);
    }

    [UnmanagedCallersOnly]
    private static void Visit(nint job, byte* label, nint context)
    {
        var found = (Found)GCHandle.FromIntPtr(context).Target!; // the handle of Read, which waits for this call
        if (job == 0 || label is null || found.Jobs.Count >= MaxJobs || LibSystem.launch_data_get_type(job) != TypeDictionary)
        {
            found.Skipped++;
            return;
        }

        found.Jobs.Add(new LaunchJob(Copy(label), Integer(job, "PID\0"u8), Integer(job, "LastExitStatus\0"u8), Text(Find(job, "Program\0"u8)), Texts(Find(job, "ProgramArguments\0"u8))));
    }

    // SAFETY, for all below: the data belongs to an answer that outlives these calls, and its types are asked for before it is read.
    private static nint Find(nint dictionary, ReadOnlySpan<byte> key)
    {
        fixed (byte* text = key)
        {
            return LibSystem.launch_data_dict_lookup(dictionary, text);
        }
    }

    private static long? Integer(nint dictionary, ReadOnlySpan<byte> key) =>
        Find(dictionary, key) is var value && value != 0 && LibSystem.launch_data_get_type(value) == TypeInteger ? LibSystem.launch_data_get_integer(value) : null;

    private static byte[] Text(nint value) => value != 0 && LibSystem.launch_data_get_type(value) == TypeString ? Copy(LibSystem.launch_data_get_string(value)) : [];

    private static byte[][] Texts(nint value)
    {
        if (value == 0 || LibSystem.launch_data_get_type(value) != TypeArray)
        {
            return [];
        }

        byte[][] texts = new byte[(int)Math.Min(LibSystem.launch_data_array_get_count(value), MaxArguments)][];
        for (int at = 0; at < texts.Length; at++)
        {
            texts[at] = Text(LibSystem.launch_data_array_get_index(value, (nuint)at));
        }

        return texts;
    }

    private static byte[] Copy(byte* text)
    {
        if (text is null)
        {
            return [];
        }

        int length = 0;
        while (length < MaxTextBytes && text[length] != 0)
        {
            length++;
        }

        return new ReadOnlySpan<byte>(text, length).ToArray();
    }

    private sealed class Found
    {
        internal List<LaunchJob> Jobs { get; } = [];

        internal int Skipped { get; set; }
    }
}
