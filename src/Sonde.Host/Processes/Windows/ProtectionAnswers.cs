using System.Globalization;

namespace Sonde.Host.Processes.Windows;

/// <summary>What the numbers of ProcessProtectionInformation and its neighbours mean.</summary>
internal static class ProtectionAnswers
{
    // Flags of PROCESS_EXTENDED_BASIC_INFORMATION (ntddk.h).
    internal const uint IsWow64 = 0x02;
    internal const uint IsFrozen = 0x10;
    internal const uint IsStronglyNamed = 0x40; // it has package identity
    internal const uint IsSecure = 0x80;

    /// <summary>PS_PROTECTION: type in bits 0–2, audit in bit 3, signer in bits 4–7.</summary>
    internal static (string Type, string Signer, bool IsAudited) Decode(byte level) => (TypeOf(level & 7), SignerOf(level >> 4), (level & 8) != 0);

    internal static string SubsystemOf(uint type) => type switch
    {
        0 => "win32",
        1 => "wsl",
        _ => type.ToString(CultureInfo.InvariantCulture),
    };

    private static string TypeOf(int type) => type switch
    {
        0 => "none",
        1 => "light",
        2 => "full",
        _ => type.ToString(CultureInfo.InvariantCulture),
    };

    private static string SignerOf(int signer) => signer switch
    {
        0 => "none",
        1 => "authenticode",
        2 => "codegen",
        3 => "antimalware",
        4 => "lsa",
        5 => "windows",
        6 => "wintcb",
        7 => "winsystem",
        8 => "app",
        _ => signer.ToString(CultureInfo.InvariantCulture),
    };
}
