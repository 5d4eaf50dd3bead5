using System.Runtime.InteropServices;

namespace Sonde.Interop.Linux;

// sys/utsname.h: struct utsname is six texts of 65 bytes each on every architecture (asm-generic: new_utsname).
internal static unsafe partial class LibC
{
    private const int __NEW_UTS_LEN = 64;

    private static int NameFields => 6;

    private static int NameLength => __NEW_UTS_LEN + 1;

    /// <summary>What the kernel calls itself: system, host, release, version, machine, domain.</summary>
    /// <exception cref="NativeException">The system refused.</exception>
    internal static string[] ReadNames()
    {
        byte* names = stackalloc byte[NameFields * NameLength];

        // SAFETY: the room is that of the struct.
        if (uname(names) != 0)
        {
            throw new NativeException("uname", NativeError.LastErrno());
        }

        string[] texts = new string[NameFields];
        for (int field = 0; field < NameFields; field++)
        {
            var text = new ReadOnlySpan<byte>(names + (field * NameLength), NameLength);
            int end = text.IndexOf((byte)0);
            texts[field] = System.Text.Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
        }

        return texts;
    }

    [LibraryImport(Unix.LibC.Library, SetLastError = true)]
    private static partial int uname(byte* names);
}
