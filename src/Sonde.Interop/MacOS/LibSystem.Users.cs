using System.Runtime.InteropServices;

namespace Sonde.Interop.MacOS;

// pwd.h.
internal static unsafe partial class LibSystem
{
    /// <summary>0, with the result null when there is no such user; else an error number: errno is not set.</summary>
    [LibraryImport(Library)]
    internal static partial int getpwuid_r(uint id, passwd* entry, byte* buffer, nuint size, passwd** result);
}

/// <summary>struct passwd (pwd.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct passwd
{
    internal byte* pw_name;
    internal byte* pw_passwd;
    internal uint pw_uid;
    internal uint pw_gid;
    internal long pw_change;
    internal byte* pw_class;
    internal byte* pw_gecos;
    internal byte* pw_dir;
    internal byte* pw_shell;
    internal long pw_expire;
}
