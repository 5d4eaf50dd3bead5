using System.Runtime.Versioning;

namespace Sonde.Interop.Unix;

/// <summary>Who this process acts as.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UserId
{
    /// <summary>The effective user id; 0 is root.</summary>
    internal static uint Effective => LibC.geteuid();
}
