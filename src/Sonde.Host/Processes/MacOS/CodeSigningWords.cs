using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>Names for the numbers of code signing and of system integrity protection; a number without a name appears as it is.</summary>
internal static class CodeSigningWords
{
    private static readonly (uint Flag, string Name)[] s_flags =
    [
        (Darwin.CS_VALID, "valid"),
        (Darwin.CS_ADHOC, "adhoc"),
        (Darwin.CS_GET_TASK_ALLOW, "get_task_allow"),
        (Darwin.CS_INSTALLER, "installer"),
        (Darwin.CS_FORCED_LV, "forced_lv"),
        (Darwin.CS_INVALID_ALLOWED, "invalid_allowed"),
        (Darwin.CS_HARD, "hard"),
        (Darwin.CS_KILL, "kill"),
        (Darwin.CS_CHECK_EXPIRATION, "check_expiration"),
        (Darwin.CS_RESTRICT, "restrict"),
        (Darwin.CS_ENFORCEMENT, "enforcement"),
        (Darwin.CS_REQUIRE_LV, "require_lv"),
        (Darwin.CS_ENTITLEMENTS_VALIDATED, "entitlements_validated"),
        (Darwin.CS_NVRAM_UNRESTRICTED, "nvram_unrestricted"),
        (Darwin.CS_RUNTIME, "runtime"),
        (Darwin.CS_LINKER_SIGNED, "linker_signed"),
        (Darwin.CS_EXEC_SET_HARD, "exec_set_hard"),
        (Darwin.CS_EXEC_SET_KILL, "exec_set_kill"),
        (Darwin.CS_EXEC_SET_ENFORCEMENT, "exec_set_enforcement"),
        (Darwin.CS_EXEC_INHERIT_SIP, "exec_inherit_sip"),
        (Darwin.CS_KILLED, "killed"),
        (Darwin.CS_NO_UNTRUSTED_HELPERS, "no_untrusted_helpers"),
        (Darwin.CS_PLATFORM_BINARY, "platform_binary"),
        (Darwin.CS_PLATFORM_PATH, "platform_path"),
        (Darwin.CS_DEBUGGED, "debugged"),
        (Darwin.CS_SIGNED, "signed"),
        (Darwin.CS_DEV_CODE, "dev_code"),
        (Darwin.CS_DATAVAULT_CONTROLLER, "datavault_controller"),
    ];

    private static readonly (uint Flag, string Name)[] s_protections =
    [
        (Darwin.CSR_ALLOW_UNTRUSTED_KEXTS, "untrusted kernel extensions"),
        (Darwin.CSR_ALLOW_UNRESTRICTED_FS, "writing to system files"),
        (Darwin.CSR_ALLOW_TASK_FOR_PID, "debugging system processes"),
        (Darwin.CSR_ALLOW_KERNEL_DEBUGGER, "kernel debugger"),
        (Darwin.CSR_ALLOW_APPLE_INTERNAL, "Apple internal"),
        (Darwin.CSR_ALLOW_UNRESTRICTED_DTRACE, "unrestricted DTrace"),
        (Darwin.CSR_ALLOW_UNRESTRICTED_NVRAM, "unrestricted NVRAM"),
        (Darwin.CSR_ALLOW_DEVICE_CONFIGURATION, "device configuration"),
        (Darwin.CSR_ALLOW_ANY_RECOVERY_OS, "any recovery system"),
        (Darwin.CSR_ALLOW_UNAPPROVED_KEXTS, "unapproved kernel extensions"),
        (Darwin.CSR_ALLOW_EXECUTABLE_POLICY_OVERRIDE, "executable policy override"),
        (Darwin.CSR_ALLOW_UNAUTHENTICATED_ROOT, "unauthenticated root volume"),
        (Darwin.CSR_ALLOW_RESEARCH_GUESTS, "research guests"),
    ];

    /// <summary>The names of code signing flags, lowest bit first.</summary>
    internal static IReadOnlyList<string> OfFlags(uint flags) => Names(flags, s_flags);

    /// <summary>"on", or what is let pass.</summary>
    internal static string OfSystemIntegrity(uint allowed) => allowed == 0 ? "on" : $"lets pass: {string.Join(", ", Names(allowed, s_protections))}";

    /// <summary>Who vouches for code.</summary>
    internal static string OfCategory(uint category) => category switch
    {
        Darwin.CS_VALIDATION_CATEGORY_INVALID => "invalid",
        Darwin.CS_VALIDATION_CATEGORY_PLATFORM => "platform",
        Darwin.CS_VALIDATION_CATEGORY_TESTFLIGHT => "testflight",
        Darwin.CS_VALIDATION_CATEGORY_DEVELOPMENT => "development",
        Darwin.CS_VALIDATION_CATEGORY_APP_STORE => "app_store",
        Darwin.CS_VALIDATION_CATEGORY_ENTERPRISE => "enterprise",
        Darwin.CS_VALIDATION_CATEGORY_DEVELOPER_ID => "developer_id",
        Darwin.CS_VALIDATION_CATEGORY_LOCAL_SIGNING => "local",
        Darwin.CS_VALIDATION_CATEGORY_ROSETTA => "rosetta",
        Darwin.CS_VALIDATION_CATEGORY_OOPJIT => "oopjit",
        Darwin.CS_VALIDATION_CATEGORY_NONE => "none",
        _ => $"category {category}",
    };

    private static string[] Names(uint bits, (uint Flag, string Name)[] known)
    {
        var names = new List<string>();
        foreach ((uint flag, string name) in known)
        {
            if ((bits & flag) != 0)
            {
                names.Add(name);
                bits &= ~flag;
            }
        }

        if (bits != 0)
        {
            names.Add($"0x{bits:x}");
        }

        return [.. names];
    }
}
