using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.Windows;

/// <summary>One attempt of a call that fills a buffer.</summary>
/// <param name="buffer">The room there is.</param>
/// <param name="length">In: the room in bytes. Out: what the system used, or what it would need.</param>
/// <returns>A Win32 error, 0 for success.</returns>
internal delegate int Win32Attempt(Span<byte> buffer, ref uint length);

/// <summary>A buffer for Win32 calls whose answer has no known size: asked again, larger, until it fits.</summary>
/// <remarks>
/// Lists grow between the question "how much?" and the next call, so one repetition is not enough; the tries and the size are
/// bounded all the same. The memory never moves, because answers hold pointers into themselves. One thread at a time; an answer
/// is valid until the next question.
/// </remarks>
internal sealed class Win32Buffer
{
    /// <summary>How often a call is repeated before it is given up.</summary>
    internal const int MaximumTries = 10;

    /// <summary>The largest answer that is taken: far above 5,000 adapters with their addresses.</summary>
    internal const int MaximumSize = 64 * 1024 * 1024;

    private byte[] _memory;

    internal Win32Buffer(int initialSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(initialSize);
        _memory = Allocate(initialSize);
    }

    /// <summary>The room there is now.</summary>
    internal int Size => _memory.Length;

    /// <summary>Repeats <paramref name="attempt"/> with more room until it succeeds.</summary>
    /// <returns>What the system wrote: as many bytes as it said.</returns>
    /// <exception cref="NativeException">The system refused for another reason than room, or never had enough.</exception>
    internal AddressedBytes Ask(string operation, Win32Attempt attempt)
    {
        int error = 0;
        for (int tries = 0; tries < MaximumTries; tries++)
        {
            uint length = (uint)_memory.Length;
            error = attempt(_memory, ref length);
            if (error == Win32.ERROR_SUCCESS)
            {
                int used = (int)Math.Min(length, (uint)_memory.Length);
                return new AddressedBytes(_memory.AsSpan(0, used), AddressOf(_memory));
            }

            if (error is not (Win32.ERROR_INSUFFICIENT_BUFFER or Win32.ERROR_BUFFER_OVERFLOW or Win32.ERROR_MORE_DATA))
            {
                throw new NativeException(operation, Win32.Error(error));
            }

            // What the system asks for; double when it asks for no more than it was given. Neither may pass the bound.
            long wanted = length > _memory.Length ? length : 2L * _memory.Length;
            if (wanted > MaximumSize)
            {
                throw new NativeException(operation, Win32.Error(error), $"the answer would be larger than {MaximumSize} bytes");
            }

            _memory = Allocate((int)wanted);
        }

        throw new NativeException(operation, Win32.Error(error), $"the answer outgrew its buffer {MaximumTries} times");
    }

    private static byte[] Allocate(int size) => GC.AllocateArray<byte>(size, pinned: true);

    // SAFETY: only the address is taken; the array is allocated pinned, so it stays true for as long as the array lives.
    private static unsafe nint AddressOf(byte[] memory) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
}
