using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Lawless;

/// <summary>Planted: everything that belongs behind the wall, and a native function without its system.</summary>
internal static unsafe class Wall
{
    [DllImport("libc")]
    internal static extern int getpid();

    internal static int ThroughPointer(int value)
    {
        int* at = &value;
        for (int i = 0; i < 2; i++)
        {
            *at += i; // in a loop, or the compiler would keep the pointer on the stack and no local
        }

        return *at;
    }

    internal static int Field(byte* bytes) => bytes[0];

    internal static void Call(delegate* unmanaged<int, void> callback) => callback(1);

    internal static long Reinterpret(ref int value) => Unsafe.As<int, long>(ref value);

    internal static ref byte First(Span<byte> bytes) => ref MemoryMarshal.GetReference(bytes);

    internal static int Peek(nint address) => Marshal.ReadInt32(address);

    internal static void Leak() => NativeMemory.Alloc(1);

    internal struct Holder
    {
        internal byte* Bytes;
    }
}
