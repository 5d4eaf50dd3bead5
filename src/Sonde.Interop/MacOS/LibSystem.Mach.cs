using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sonde.Interop.MacOS;

// mach/mach_traps.h, mach/task.h, mach/mach_port.h. They return KERN_SUCCESS or another number; errno is not set.
internal static unsafe partial class LibSystem
{
    /// <summary>The name of this process's own task; each call makes another reference to it.</summary>
    [LibraryImport(Library)]
    internal static partial uint task_self_trap();

    [LibraryImport(Library)]
    internal static partial int task_name_for_pid(uint self, int pid, uint* name);

    [LibraryImport(Library)]
    internal static partial int task_info(uint task, uint flavor, void* info, uint* count);

    [LibraryImport(Library)]
    internal static partial int mach_port_deallocate(uint self, uint name);
}

/// <summary>audit_token_t (mach/message.h): audit user, effective user and group, real user and group, process id, audit session, version of the process id.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct audit_token_t
{
    internal EightWords val;
}

/// <summary>unsigned int[8].</summary>
[InlineArray(8)]
internal struct EightWords
{
    private uint _first;
}
