using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>Answers of NtQuerySystemInformation whose size is not known in advance, in a buffer that is kept from question to question.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class SystemInformation
{
    /// <summary>The largest list that is taken: far above 100,000 processes.</summary>
    internal const int MaximumSize = 512 * 1024 * 1024;

    private const int MaximumTries = 10;

    private byte[] _memory = GC.AllocateArray<byte>(256 * 1024, pinned: true);
    private int _used;

    /// <summary>The last answer.</summary>
    internal AddressedBytes Last => new(_memory.AsSpan(0, _used), Address);

    private nint Address
    {
        get
        {
            fixed (byte* start = _memory)
            {
                // SAFETY: only the address is taken; the array is allocated pinned, so it stays true for as long as the array lives.
                return (nint)start;
            }
        }
    }

    /// <summary>Asks for <paramref name="what"/> until the answer fits; it lies in <see cref="Last"/> until the next question.</summary>
    /// <exception cref="NativeException">The system refused, or there was never enough room.</exception>
    internal void Ask(int what)
    {
        _used = 0;
        int status = 0;
        for (int tries = 0; tries < MaximumTries; tries++)
        {
            uint length = 0;
            fixed (byte* start = _memory)
            {
                // SAFETY: the size tells how much room start has.
                status = NtDll.NtQuerySystemInformation(what, start, (uint)_memory.Length, &length);
            }

            if (status >= 0)
            {
                _used = (int)Math.Min(length, (uint)_memory.Length);
                return;
            }

            if (status is not (NtStatus.STATUS_INFO_LENGTH_MISMATCH or NtStatus.STATUS_BUFFER_TOO_SMALL or NtStatus.STATUS_BUFFER_OVERFLOW))
            {
                break;
            }

            // Processes start between two questions: more than what was said to be enough a moment ago.
            long wanted = Math.Max(length + (length / 8L), 2L * _memory.Length);
            if (wanted > MaximumSize)
            {
                throw new NativeException($"NtQuerySystemInformation({what})", new NativeError(NativeErrorDomain.NtStatus, status), $"the answer would be larger than {MaximumSize} bytes");
            }

            _memory = GC.AllocateArray<byte>((int)wanted, pinned: true);
        }

        throw new NativeException($"NtQuerySystemInformation({what})", new NativeError(NativeErrorDomain.NtStatus, status));
    }

    /// <summary>Asks for a class whose answer is one value; the question may be in it.</summary>
    /// <returns>The status.</returns>
    internal static int Query<T>(int what, ref T value)
        where T : unmanaged
    {
        uint length;
        fixed (T* start = &value)
        {
            // SAFETY: the size tells how much room start has.
            return NtDll.NtQuerySystemInformation(what, (byte*)start, (uint)sizeof(T), &length);
        }
    }

    /// <summary>The native path of the image that any process runs, without a handle to it.</summary>
    /// <returns>The status; not STATUS_SUCCESS for a system without this class, and for ids that no process has.</returns>
    internal static int QueryImageName(int pid, Span<char> room, out int length)
    {
        length = 0;
        var question = new SYSTEM_PROCESS_ID_INFORMATION { ProcessId = pid };
        int status;
        fixed (char* start = room)
        {
            // SAFETY: MaximumLength tells how much room start has; the kernel writes nowhere else.
            question.ImageName.MaximumLength = (ushort)Math.Min(room.Length * sizeof(char), ushort.MaxValue - 1);
            question.ImageName.Buffer = (nint)start;
            status = Query(NtDll.SystemProcessIdInformation, ref question);
        }

        if (status >= 0)
        {
            length = Math.Min(question.ImageName.Length, question.ImageName.MaximumLength) / sizeof(char);
        }

        return status;
    }
}
