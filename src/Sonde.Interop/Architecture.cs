using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Sonde.Interop;

/// <summary>Which processor this process runs on, where the calling convention or machine code depends on it.</summary>
internal static class Architecture
{
    /// <summary>64-bit x86.</summary>
    internal static bool IsX64 => X86Base.X64.IsSupported;

    /// <summary>64-bit ARM.</summary>
    internal static bool IsArm64 => ArmBase.Arm64.IsSupported;
}
