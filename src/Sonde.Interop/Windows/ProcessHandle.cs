using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>A handle to a process. Refusals are ordinary here, so calls return the system's status instead of throwing.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class ProcessHandle : SafeHandle
{
    private ProcessHandle(nint opened)
        : base(invalidHandleValue: 0, ownsHandle: true) => handle = opened;

    public override bool IsInvalid => handle is 0 or -1;

    /// <summary>Opens a process.</summary>
    /// <returns>STATUS_SUCCESS, or why not; then there is no handle.</returns>
    internal static int Open(int pid, uint access, out ProcessHandle? process)
    {
        var attributes = new OBJECT_ATTRIBUTES { Length = (uint)sizeof(OBJECT_ATTRIBUTES) };
        var id = new CLIENT_ID { UniqueProcess = pid };
        nint opened = 0;

        // SAFETY: all three live on this stack until the call returns.
        int status = NtDll.NtOpenProcess(&opened, access, &attributes, &id);
        process = status >= 0 ? new ProcessHandle(opened) : null;
        return status;
    }

    /// <summary>Asks for <paramref name="what"/>.</summary>
    /// <param name="what">The class.</param>
    /// <param name="buffer">Where the answer goes; some classes read their question from it.</param>
    /// <param name="length">How much the system wrote, or would need.</param>
    /// <returns>The status.</returns>
    internal int Query(PROCESSINFOCLASS what, Span<byte> buffer, out int length)
    {
        uint needed = 0;
        int status;
        fixed (byte* start = buffer)
        {
            // SAFETY: the size tells how much room start has.
            status = NtDll.NtQueryInformationProcess(this, what, start, (uint)buffer.Length, &needed);
        }

        length = (int)Math.Min(needed, int.MaxValue);
        return status;
    }

    /// <summary>Asks for a class whose answer is one value.</summary>
    internal int Query<T>(PROCESSINFOCLASS what, ref T value)
        where T : unmanaged => Query(what, MemoryMarshal.AsBytes(new Span<T>(ref value)), out _);

    /// <summary>Asks for a class whose answer holds a text that its own UNICODE_STRING points at; grows the buffer until it fits.</summary>
    /// <param name="what">The class.</param>
    /// <param name="buffer">The room; replaced by a larger, pinned one when it is too small.</param>
    /// <param name="text">The text, on loan from the buffer.</param>
    /// <returns>The status.</returns>
    internal int QueryText(PROCESSINFOCLASS what, ref byte[] buffer, out ReadOnlySpan<char> text)
    {
        const int Longest = sizeof(ulong) * 2 + ushort.MaxValue;
        text = default;
        while (true)
        {
            int status = Query(what, buffer, out int length);
            if (status is NtStatus.STATUS_INFO_LENGTH_MISMATCH or NtStatus.STATUS_BUFFER_TOO_SMALL or NtStatus.STATUS_BUFFER_OVERFLOW && buffer.Length < Longest)
            {
                // Either the system says how much, or the longest text there is.
                buffer = GC.AllocateArray<byte>(length > buffer.Length && length < Longest ? length : Longest, pinned: true);
                continue;
            }

            if (status >= 0)
            {
                text = ReadText(buffer);
            }

            return status;
        }
    }

    /// <summary>Reads memory of the process.</summary>
    /// <returns>The status; what could not be read whole was not read.</returns>
    internal int ReadMemory(ulong address, Span<byte> target)
    {
        nuint read = 0;
        int status;
        fixed (byte* start = target)
        {
            // SAFETY: the size tells how much room start has; the address is of the other process and checked by the kernel.
            status = NtDll.NtReadVirtualMemory(this, (nuint)address, start, (nuint)target.Length, &read);
        }

        return status >= 0 && read < (nuint)target.Length ? NtStatus.STATUS_PARTIAL_COPY : status;
    }

    /// <summary>Whether the process is in any job; null when the system does not say.</summary>
    internal bool? IsInJob()
    {
        int result;

        // SAFETY: the call writes one int.
        return NtDll.IsProcessInJob(this, 0, &result) != 0 ? result != 0 : null;
    }

    /// <summary>The full name of its package.</summary>
    /// <returns>A Win32 error; ERROR_SUCCESS with a name.</returns>
    internal int GetPackageName(out string name)
    {
        const int Room = 256; // PACKAGE_FULL_NAME_MAX_LENGTH is 127
        char* text = stackalloc char[Room];
        uint length = Room;

        // SAFETY: length tells how much room text has.
        int error = NtDll.GetPackageFullName(this, &length, text);
        name = NameOf(error, text, length, Room);
        return error;
    }

    /// <summary>The application of the package that it is: "Microsoft.WindowsCalculator_8wekyb3d8bbwe!App".</summary>
    /// <returns>A Win32 error; ERROR_SUCCESS with a name.</returns>
    internal int GetApplicationName(out string name)
    {
        const int Room = 256; // APPLICATION_USER_MODEL_ID_MAX_LENGTH is 130
        char* text = stackalloc char[Room];
        uint length = Room;
        name = string.Empty;
        int error;
        try
        {
            // SAFETY: length tells how much room text has.
            error = NtDll.GetApplicationUserModelId(this, &length, text);
        }
        catch (EntryPointNotFoundException)
        {
            return Win32.ERROR_PROC_NOT_FOUND;
        }

        name = NameOf(error, text, length, Room);
        return error;
    }

    /// <summary>How many GDI (0) or USER (1) objects it holds.</summary>
    /// <returns>0, or a Win32 error: then the count is 0, as it also is for a process that has none.</returns>
    internal int CountGuiObjects(uint which, out uint count)
    {
        count = NtDll.GetGuiResources(this, which);
        return count == 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    protected override bool ReleaseHandle() => NtDll.NtClose(handle) >= 0;

    // The length counts the zero at the end.
    private static string NameOf(int error, char* text, uint length, int room) =>
        error == Win32.ERROR_SUCCESS && length > 0 && length <= room ? new ReadOnlySpan<char>(text, (int)length).TrimEnd('\0').ToString() : string.Empty;

    // The buffer is pinned for its whole life, so that the pointer in it can be compared with its address.
    private static ReadOnlySpan<char> ReadText(byte[] buffer)
    {
        nint address;
        fixed (byte* start = buffer)
        {
            // SAFETY: only the address is taken.
            address = (nint)start;
        }

        var answer = new AddressedBytes(buffer, address);
        return NativeStruct.TryRead(buffer, out UNICODE_STRING text)
            && answer.TryFollow(text.Buffer, out ReadOnlySpan<byte> rest)
            ? MemoryMarshal.Cast<byte, char>(rest[..Math.Min(rest.Length, (int)text.Length)])
            : default;
    }
}
