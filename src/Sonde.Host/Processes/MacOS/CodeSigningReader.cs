using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;
using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Processes.MacOS;

/// <summary>Asks the kernel about the signature of the code that runs, which it verified itself: nothing is guessed from paths.</summary>
[SupportedOSPlatform("macos")]
internal sealed class CodeSigningReader
{
    private const string Unsigned = "its code is not signed";
    private const int MaxNameBytes = 64 * 1024;
    private static ReadOnlySpan<byte> SandboxEntitlement => "com.apple.security.app-sandbox"u8;

    private byte[] _buffer = [];

    internal CodeSigningReader() =>
        SystemIntegrity = CodeSignature.TryReadSystemIntegrity(out uint allowed, out NativeError error)
            ? CodeSigningWords.OfSystemIntegrity(allowed)
            : MacOSReasons.Refused<string>(error);

    /// <summary>System integrity protection, as it was when this was opened: it changes with a restart only.</summary>
    internal Reading<string> SystemIntegrity { get; }

    /// <summary>Reads the signature of a process.</summary>
    internal Reading<MacOSCodeSigning> Read(in ProcessSample sample)
    {
        int pid = sample.Pid;
        if (!TryReadFlags(sample, out uint flags, out Reading<MacOSCodeSigning> refused))
        {
            return refused;
        }

        bool isSigned = (flags & Darwin.CS_SIGNED) != 0;
        return new MacOSCodeSigning(
            flags,
            CodeSigningWords.OfFlags(flags),
            ReadName(pid, Darwin.CS_OPS_IDENTITY, isSigned, "its signature has no identifier"),
            ReadName(pid, Darwin.CS_OPS_TEAMID, isSigned, "no team signed it"),
            ReadHash(pid, isSigned),
            ReadCategory(pid, isSigned),
            ReadSandbox(sample),
            SystemIntegrity);
    }

    /// <summary>Whether the process is in a sandbox: as the sandbox says; where it cannot be asked, as the entitlements demand it.</summary>
    internal Reading<bool> ReadSandbox(in ProcessSample sample)
    {
        int? answer = CodeSignature.CheckSandbox(sample.Pid, out NativeError error);
        if (answer >= 0)
        {
            return answer > 0;
        }

        // The private call is missing or failed. An entitlement that asks for the sandbox puts the process into it; its absence proves nothing.
        return CodeSignature.TryReadBlob(sample.Pid, Darwin.CS_OPS_ENTITLEMENTS_BLOB, ref _buffer, EntitlementsPlist.MaxBytes, out ReadOnlySpan<byte> xml, out _)
            && xml.IndexOf(SandboxEntitlement) >= 0
            && EntitlementsPlist.Parse(xml) is { HasValue: true } entitlements
            && entitlements.Value.TryGetValue("com.apple.security.app-sandbox", out string? demanded)
            && demanded == "true" ? true
            : answer is null ? Reading.Unsupported<bool>("this macOS does not export sandbox_check, and no entitlement demands the sandbox")
            : MacOSReasons.Refused<bool>(error);
    }

    /// <summary>Reads the entitlements.</summary>
    internal Reading<IReadOnlyDictionary<string, string>> ReadEntitlements(in ProcessSample sample)
    {
        if (!TryReadFlags(sample, out uint flags, out Reading<MacOSCodeSigning> refused))
        {
            return new Reading<IReadOnlyDictionary<string, string>>(refused.Status, default, refused.Reason);
        }

        // The kernel goes by the DER form where there is one; older signatures, and older systems, have the XML form alone.
        Reading<IReadOnlyDictionary<string, string>> entitlements = default;
        if (CodeSignature.TryReadBlob(sample.Pid, Darwin.CS_OPS_DER_ENTITLEMENTS_BLOB, ref _buffer, EntitlementsPlist.MaxBytes, out ReadOnlySpan<byte> der, out _) && !der.IsEmpty)
        {
            entitlements = EntitlementsDer.Parse(der);
            if (entitlements.HasValue)
            {
                return entitlements;
            }
        }

        if (!CodeSignature.TryReadBlob(sample.Pid, Darwin.CS_OPS_ENTITLEMENTS_BLOB, ref _buffer, EntitlementsPlist.MaxBytes, out ReadOnlySpan<byte> xml, out NativeError error))
        {
            return (flags & Darwin.CS_SIGNED) == 0 ? Reading.None<IReadOnlyDictionary<string, string>>(Unsigned)
                : error.Code == Darwin.EMSGSIZE ? Reading.Failed<IReadOnlyDictionary<string, string>>($"the entitlements are longer than {EntitlementsPlist.MaxBytes} bytes")
                : MacOSReasons.Refused<IReadOnlyDictionary<string, string>>(error);
        }

        return !xml.IsEmpty ? EntitlementsPlist.Parse(xml)
            : entitlements.Status == ReadingStatus.Failed ? entitlements
            : Reading.None<IReadOnlyDictionary<string, string>>("it has no entitlements");
    }

    private static bool TryReadFlags(in ProcessSample sample, out uint flags, out Reading<MacOSCodeSigning> refused)
    {
        if (CodeSignature.TryReadNumber(sample.Pid, Darwin.CS_OPS_STATUS, out flags, out NativeError error))
        {
            refused = default;
            return true;
        }

        refused = error.Code == Darwin.ESRCH && sample.State is ProcessState.Zombie or ProcessState.Dead
            ? Reading.None<MacOSCodeSigning>("it has ended, and its code with it")
            : MacOSReasons.Refused<MacOSCodeSigning>(error);
        return false;
    }

    private static Reading<string> ReadHash(int pid, bool isSigned)
    {
        Span<byte> hash = stackalloc byte[Darwin.CS_CDHASH_LEN];
        return CodeSignature.TryReadHash(pid, hash, out NativeError error) ? Convert.ToHexStringLower(hash)
            : isSigned ? MacOSReasons.Refused<string>(error)
            : Reading.None<string>(Unsigned);
    }

    private static Reading<string> ReadCategory(int pid, bool isSigned) =>
        CodeSignature.TryReadNumber(pid, Darwin.CS_OPS_VALIDATION_CATEGORY, out uint category, out NativeError error) ? CodeSigningWords.OfCategory(category)
            : isSigned ? MacOSReasons.Refused<string>(error)
            : Reading.None<string>(Unsigned);

    private Reading<string> ReadName(int pid, uint operation, bool isSigned, string absent)
    {
        if (CodeSignature.TryReadBlob(pid, operation, ref _buffer, MaxNameBytes, out ReadOnlySpan<byte> name, out NativeError error))
        {
            name = name.TrimEnd((byte)0);
            return name.IsEmpty ? Reading.None<string>(absent) : SystemText.Of(name);
        }

        return !isSigned ? Reading.None<string>(Unsigned)
            : error.Code == Darwin.ENOENT ? Reading.None<string>(absent)
            : MacOSReasons.Refused<string>(error);
    }
}
