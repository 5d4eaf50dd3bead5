namespace Sonde.Host.Processes;

/// <summary>The access token of a Windows process: what it may do.</summary>
/// <param name="IntegrityRid">The integrity level's number: 0x1000 low, 0x2000 medium, 0x3000 high, 0x4000 system.</param>
/// <param name="IntegrityLevel">Its name: "medium".</param>
/// <param name="IsElevated">Whether it runs with an administrator's full token.</param>
/// <param name="ElevationType">"default", "full" or "limited".</param>
/// <param name="Privileges">The privileges it holds.</param>
/// <param name="IsAppContainer">Whether it is confined to an app container.</param>
/// <param name="AppContainerSid">Which one.</param>
/// <param name="Session">The terminal session of the token.</param>
/// <param name="LogonId">The logon session (LUID).</param>
/// <param name="IsVirtualized">Whether writes to protected places are redirected.</param>
/// <param name="HasUIAccess">Whether it may drive the windows of more privileged processes.</param>
public sealed record WindowsToken(
    Reading<uint> IntegrityRid,
    Reading<string> IntegrityLevel,
    Reading<bool> IsElevated,
    Reading<string> ElevationType,
    Reading<IReadOnlyList<WindowsPrivilege>> Privileges,
    Reading<bool> IsAppContainer,
    Reading<string> AppContainerSid,
    Reading<uint> Session,
    Reading<ulong> LogonId,
    Reading<bool> IsVirtualized,
    Reading<bool> HasUIAccess);
