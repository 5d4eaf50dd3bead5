using System.Runtime.Versioning;

namespace Sonde.Interop.MacOS;

/// <summary>The audit token of a process: which login it descends from. Only its own user and root get it.</summary>
[SupportedOSPlatform("macos")]
internal static unsafe class AuditToken
{
    /// <summary>Reads it by the name of the task, a right that allows nothing but such questions.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="token">It.</param>
    /// <param name="code">A kern_return_t: KERN_SUCCESS, or why not.</param>
    internal static bool TryRead(int pid, out audit_token_t token, out int code)
    {
        token = default;
        uint self = LibSystem.task_self_trap();
        uint name = 0;

        // SAFETY: the result is a local.
        code = LibSystem.task_name_for_pid(self, pid, &name);
        if (code == Darwin.KERN_SUCCESS)
        {
            audit_token_t result = default;
            uint count = Darwin.TASK_AUDIT_TOKEN_COUNT;

            // SAFETY: the result is a local, and its true size in words is given.
            code = LibSystem.task_info(name, Darwin.TASK_AUDIT_TOKEN, &result, &count);
            _ = LibSystem.mach_port_deallocate(self, name);
            token = code == Darwin.KERN_SUCCESS ? result : default;
        }

        _ = LibSystem.mach_port_deallocate(self, self);
        return code == Darwin.KERN_SUCCESS;
    }
}
