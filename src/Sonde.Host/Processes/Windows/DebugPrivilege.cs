using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Processes.Windows;

/// <summary>SeDebugPrivilege of this process: found, switched on when asked to, and switched back.</summary>
/// <remarks>It opens the processes of everybody, except protected ones. It belongs to the whole process, so it is on only while somebody needs it.</remarks>
[SupportedOSPlatform("windows")]
internal sealed class DebugPrivilege : IDisposable
{
    internal const string Name = "SeDebugPrivilege";
    private bool _switchesBack;

    private DebugPrivilege(bool isOn, string? refusal)
    {
        IsOn = isOn;
        Refusal = refusal;
    }

    /// <summary>Whether it counts now.</summary>
    internal bool IsOn { get; }

    /// <summary>Why it could not be switched on; null when it was, or nobody asked.</summary>
    internal string? Refusal { get; }

    /// <summary>Whether the token holds it, and whether it is on.</summary>
    internal static (bool IsHeld, bool IsOn) Find()
    {
        try
        {
            using AccessToken token = AccessToken.OpenOwn(AdvApi32.TOKEN_QUERY);
            if (AccountNames.TryFindPrivilege(Name, out LUID wanted))
            {
                foreach (LUID_AND_ATTRIBUTES held in Privileges.Windows.TokenAnswers.Privileges(token.Query(TOKEN_INFORMATION_CLASS.TokenPrivileges, new Win32Buffer(1024)).Bytes))
                {
                    if (held.Luid.LowPart == wanted.LowPart && held.Luid.HighPart == wanted.HighPart)
                    {
                        return (true, (held.Attributes & AdvApi32.SE_PRIVILEGE_ENABLED) != 0);
                    }
                }
            }

            return (false, false);
        }
        catch (NativeException)
        {
            return (false, false); // who cannot read the own token holds nothing that helps
        }
    }

    /// <summary>Switches it on when that is asked for.</summary>
    internal static DebugPrivilege Open(bool isWanted)
    {
        if (!isWanted)
        {
            return new DebugPrivilege(Find().IsOn, refusal: null);
        }

        try
        {
            using AccessToken token = AccessToken.OpenOwn(AdvApi32.TOKEN_QUERY | AdvApi32.TOKEN_ADJUST_PRIVILEGES);
            if (!AccountNames.TryFindPrivilege(Name, out LUID wanted))
            {
                return new DebugPrivilege(isOn: false, "this system has no such privilege");
            }

            int error = token.SwitchPrivilege(wanted, isOn: true, out bool wasOn);
            return error == Win32.ERROR_SUCCESS
                ? new DebugPrivilege(isOn: true, refusal: null) { _switchesBack = !wasOn }
                : new DebugPrivilege(isOn: false, error == Win32.ERROR_NOT_ALL_ASSIGNED ? "this user's token does not hold it: only an elevated administrator's does" : Win32.Error(error).ToString());
        }
        catch (NativeException refused)
        {
            return new DebugPrivilege(isOn: false, refused.Message);
        }
    }

    public void Dispose()
    {
        if (!_switchesBack)
        {
            return;
        }

        _switchesBack = false;
        try
        {
            using AccessToken token = AccessToken.OpenOwn(AdvApi32.TOKEN_QUERY | AdvApi32.TOKEN_ADJUST_PRIVILEGES);
            if (AccountNames.TryFindPrivilege(Name, out LUID wanted))
            {
                token.SwitchPrivilege(wanted, isOn: false, out _);
            }
        }
        catch (NativeException)
        {
            // The token cannot be opened any more: then nobody of this process can use the privilege's door either.
        }
    }
}
