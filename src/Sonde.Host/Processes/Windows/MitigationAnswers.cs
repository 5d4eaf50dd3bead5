namespace Sonde.Host.Processes.Windows;

/// <summary>The exploit mitigations of a process: the flags of PROCESS_MITIGATION_*_POLICY (winnt.h), by policy and bit.</summary>
internal static class MitigationAnswers
{
    /// <summary>The policies that are asked for (PROCESS_MITIGATION_POLICY).</summary>
    internal static ReadOnlySpan<uint> Policies => [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16];

    /// <summary>Adds the names of what is on.</summary>
    internal static void AddNames(uint policy, uint flags, List<string> names)
    {
        foreach ((uint of, int bit, string name) in s_flags)
        {
            if (of == policy && (flags >> bit & 1) != 0)
            {
                names.Add(name);
            }
        }
    }

    private static readonly (uint Policy, int Bit, string Name)[] s_flags =
    [
        (0, 0, "dep"), (0, 1, "dep-no-atl-thunks"),
        (1, 0, "aslr-bottom-up"), (1, 1, "aslr-force-relocate"), (1, 2, "aslr-high-entropy"), (1, 3, "aslr-no-stripped"),
        (2, 0, "no-dynamic-code"), (2, 1, "no-dynamic-code-thread-opt-out"), (2, 2, "no-dynamic-code-remote-downgrade"), (2, 3, "no-dynamic-code-audit"),
        (3, 0, "strict-handles"), (3, 1, "strict-handles-always"),
        (4, 0, "no-win32k"), (4, 1, "no-win32k-audit"),
        (6, 0, "no-extension-points"),
        (7, 0, "cfg"), (7, 1, "cfg-export-suppression"), (7, 2, "cfg-strict"), (7, 3, "xfg"), (7, 4, "xfg-audit"),
        (8, 0, "microsoft-signed-only"), (8, 1, "store-signed-only"), (8, 2, "signed-only-opt-in"), (8, 3, "microsoft-signed-only-audit"), (8, 4, "store-signed-only-audit"),
        (9, 0, "no-nonsystem-fonts"), (9, 1, "nonsystem-fonts-audit"),
        (10, 0, "no-remote-images"), (10, 1, "no-low-label-images"), (10, 2, "prefer-system32"), (10, 3, "no-remote-images-audit"), (10, 4, "no-low-label-images-audit"),
        (11, 0, "system-call-filter"),
        (13, 0, "no-child-processes"), (13, 1, "no-child-processes-audit"), (13, 2, "secure-child-processes"),
        (14, 0, "branch-isolation"), (14, 1, "isolated-security-domain"), (14, 2, "no-page-combining"), (14, 3, "no-speculative-store-bypass"), (14, 4, "core-sharing-off"),
        (15, 0, "user-shadow-stack"), (15, 1, "user-shadow-stack-audit"), (15, 2, "context-ip-validation"), (15, 4, "user-shadow-stack-strict"), (15, 5, "block-non-cet-binaries"),
        (15, 7, "cet-dynamic-apis-out-of-process"),
        (16, 0, "redirection-trust"), (16, 1, "redirection-trust-audit"),
    ];
}
