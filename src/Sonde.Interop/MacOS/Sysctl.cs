using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

/// <summary>Reads of sysctl(3): whole tables that may grow while they are asked for, and single structs.</summary>
[SupportedOSPlatform("macos")]
internal static unsafe class Sysctl
{
    /// <summary>The largest table that is believed, in bytes; a routing table of a million entries is a quarter of it.</summary>
    internal const int MaxTableBytes = 1 << 30;

    private const int Attempts = 12;

    private delegate int Query(void* old, nuint* oldLength);

    /// <summary>Reads a table by its numbers, as often as needed until it fits.</summary>
    /// <exception cref="NativeException">The system refused, or the table outgrew every buffer.</exception>
    internal static ReadOnlyMemory<byte> ReadTable(ReadOnlySpan<int> name, string operation)
    {
        int[] numbers = name.ToArray();
        return ReadTable(
            (old, length) =>
            {
                fixed (int* mib = numbers)
                {
                    // SAFETY: the name is pinned and its true length is given; old and length are the caller's.
                    return LibSystem.sysctl(mib, (uint)numbers.Length, old, length, null, 0);
                }
            },
            operation);
    }

    /// <summary>Reads a table by its name, as often as needed until it fits.</summary>
    /// <exception cref="NativeException">The system refused, or the table outgrew every buffer.</exception>
    internal static ReadOnlyMemory<byte> ReadTable(string name) =>
        ReadTable((old, length) => LibSystem.sysctlbyname(name, old, length, null, 0), $"sysctl({name})");

    /// <summary>Reads one struct by its numbers.</summary>
    /// <returns><see langword="false"/> with the error when the system refused or gave less than the whole struct (EMSGSIZE).</returns>
    internal static bool TryRead<T>(ReadOnlySpan<int> name, out T value, out NativeError error)
        where T : unmanaged
    {
        T result = default;
        nuint length = (nuint)sizeof(T);
        fixed (int* mib = name)
        {
            // SAFETY: the name is pinned, the result is a local and its true size is given.
            while (LibSystem.sysctl(mib, (uint)name.Length, &result, &length, null, 0) != 0)
            {
                error = NativeError.LastDarwinErrno();
                if (error.Code != Darwin.EINTR)
                {
                    value = default;
                    return false;
                }

                length = (nuint)sizeof(T);
            }
        }

        value = result;
        error = length == (nuint)sizeof(T) ? default : new NativeError(NativeErrorDomain.DarwinErrno, Darwin.EMSGSIZE);
        return length == (nuint)sizeof(T);
    }

    private static ReadOnlyMemory<byte> ReadTable(Query query, string operation)
    {
        NativeError error = new(NativeErrorDomain.DarwinErrno, Darwin.ENOMEM);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            nuint length = 0;

            // SAFETY: without a buffer only the length, a local, is written.
            if (query(null, &length) != 0)
            {
                error = NativeError.LastDarwinErrno();
                if (error.Code == Darwin.EINTR)
                {
                    continue;
                }

                throw new NativeException(operation, error);
            }

            if (length > MaxTableBytes)
            {
                throw new NativeException($"{operation}: {length} bytes", new NativeError(NativeErrorDomain.DarwinErrno, Darwin.ENOMEM));
            }

            // Room to grow between the two calls, more of it each time.
            byte[] buffer = new byte[(int)Math.Min(length + (length >> 3 << attempt) + 512, MaxTableBytes)];
            length = (nuint)buffer.Length;
            fixed (byte* bytes = buffer)
            {
                // SAFETY: the buffer is pinned and its true length is given.
                if (query(bytes, &length) == 0)
                {
                    return buffer.AsMemory(0, (int)Math.Min(length, (nuint)buffer.Length));
                }
            }

            error = NativeError.LastDarwinErrno();
            if (error.Code is not (Darwin.ENOMEM or Darwin.EINTR))
            {
                throw new NativeException(operation, error);
            }
        }

        throw new NativeException($"{operation}: the table grew faster than it could be read", error);
    }
}
