using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop;

/// <summary>Reads the system's structs out of the bytes it returned: bounds-checked, no pointers, any alignment.</summary>
internal static class NativeStruct
{
    /// <summary>Reads a whole <typeparamref name="T"/> from the start of <paramref name="source"/>.</summary>
    /// <returns><see langword="false"/> when the bytes are too few.</returns>
    internal static bool TryRead<T>(ReadOnlySpan<byte> source, out T value)
        where T : unmanaged => MemoryMarshal.TryRead(source, out value);

    /// <summary>Reads a struct that an older system may have sent shorter: what is missing stays zero.</summary>
    internal static T ReadPrefix<T>(ReadOnlySpan<byte> source)
        where T : unmanaged
    {
        T value = default;
        Span<byte> target = MemoryMarshal.AsBytes(new Span<T>(ref value));
        source[..Math.Min(source.Length, target.Length)].CopyTo(target);
        return value;
    }

    /// <summary>The bytes of <paramref name="value"/>, for a request to the system.</summary>
    internal static ReadOnlySpan<byte> AsBytes<T>(in T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));

    /// <summary>The size that the system gives this struct.</summary>
    internal static int SizeOf<T>()
        where T : unmanaged => Unsafe.SizeOf<T>();
}
