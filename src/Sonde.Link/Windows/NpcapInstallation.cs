using System.Runtime.Versioning;
using System.Security;
using Microsoft.Win32;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Link.Windows;

/// <summary>Whether Npcap is there and may be used, told apart: not installed, damaged, stopped, for administrators only.</summary>
[SupportedOSPlatform("windows")]
internal sealed class NpcapInstallation(NpcapSetup setup)
{
    internal const string Backend = "npcap";

    private const string Provides = "frames in and out with their link headers, filtered by the driver";
    private const string Administrators = "Administrators";

    /// <summary>Loads the library.</summary>
    /// <exception cref="LinkException">It is missing, damaged or too old.</exception>
    internal Wpcap Load(string? name)
    {
        try
        {
            return Wpcap.Load(setup.Folder, setup.NeedsPacket, setup.Without);
        }
        catch (NativeException refused)
        {
            throw new LinkException(LinkFailure.BackendMissing, refused.Operation, name, refused.Error.Code, ReasonOf(refused), refused);
        }
    }

    /// <summary>Tells why an adapter could not be opened when the driver itself is the reason.</summary>
    /// <returns>Null when the driver runs: the reason is another one.</returns>
    internal LinkException? FindDriverFault(string name) =>
        ReadDriver() is { } fault ? new LinkException(LinkFailure.BackendMissing, fault.Operation, name, fault.Error, fault.Reason) : null;

    /// <summary>The device's name of an adapter.</summary>
    internal string DeviceOf(WindowsAdapter adapter) => adapter.IsLoopback && setup.LoopbackDevice is { } loopback ? loopback : NpcapName.Of(adapter.Guid);

    /// <summary>Tries: files, driver, rights, and whether an adapter opens. Starts nothing, and shows no question to the user.</summary>
    internal FrameAccess Check()
    {
        Wpcap library;
        try
        {
            library = Load(null);
        }
        catch (LinkException missing)
        {
            return Refuse(FrameAccessState.Unavailable, missing.Operation, missing.Reason, missing.NativeError);
        }

        if (ReadDriver() is { } fault)
        {
            return Refuse(FrameAccessState.Unavailable, fault.Operation, fault.Reason, fault.Error);
        }

        // Opening an adapter would have Npcap's helper ask for the rights: a window, in a check that was to change nothing.
        if (IsForAdministratorsOnly() && !setup.IsElevated())
        {
            return Refuse(
                FrameAccessState.Denied,
                $@"HKLM\{setup.SettingsKey}\AdminOnly",
                "Npcap was installed for administrators only, and this process is not elevated",
                Win32.ERROR_ACCESS_DENIED,
                [Administrators]);
        }

        return TryAdapters(library);
    }

    private static FrameAccess Refuse(FrameAccessState state, string operation, string reason, int error, IReadOnlyList<string>? rights = null) =>
        new(Backend, state, Provides, operation, reason, error, rights);

    // One disabled adapter is no proof against the others: the first that opens decides.
    private FrameAccess TryAdapters(Wpcap library)
    {
        FrameAccess? refused = null;
        IReadOnlyList<WindowsAdapter> adapters;
        try
        {
            adapters = WindowsAdapters.ReadAll();
        }
        catch (LinkException unknown)
        {
            return Refuse(FrameAccessState.Unavailable, unknown.Operation, unknown.Reason, unknown.NativeError);
        }

        foreach (WindowsAdapter adapter in adapters)
        {
            try
            {
                using PcapDevice device = PcapDevice.Open(library, DeviceOf(adapter), new PcapSettings { SnapLength = 64, BufferSize = 1 << 16, TimeoutMilliseconds = 1 });
                return new FrameAccess(Backend, FrameAccessState.Available, Provides, "pcap_activate", RemarkOn(library));
            }
            catch (PcapException reason)
            {
                bool denied = WindowsLinkErrors.FailureOf(reason.Result, reason.Reason, opened: false) == LinkFailure.AccessDenied;
                refused ??= Refuse(
                    denied ? FrameAccessState.Denied : FrameAccessState.Unavailable, reason.Operation, reason.Reason, reason.Win32Error, denied ? [Administrators] : null);
            }
        }

        return refused ?? Refuse(FrameAccessState.Unavailable, "GetAdaptersAddresses", "this host has no adapter", 0);
    }

    private static string? RemarkOn(Wpcap library)
    {
        string[] missing =
        [
            .. library.HasSendQueue ? (string[])[] : ["no send queues"],
            .. library.HasImmediateMode ? (string[])[] : ["no latency mode"],
        ];
        return missing.Length == 0 ? null : $"{library.Version ?? library.Path}: {string.Join(", ", missing)}";
    }

    private string ReasonOf(NativeException refused)
    {
        string wpcap = Path.Combine(setup.Folder, Wpcap.FileName);
        if (refused.Error.Code != Win32.ERROR_MOD_NOT_FOUND)
        {
            return refused.Detail ?? refused.Error.ToString();
        }

        if (File.Exists(wpcap))
        {
            return $"Npcap is damaged: {refused.Detail}";
        }

        return File.Exists(Path.Combine(setup.OldFolder, Wpcap.FileName))
            ? $"Npcap is not installed: {wpcap} does not exist; the {Wpcap.FileName} in {setup.OldFolder} is an old WinPcap's, which is not used"
            : $"Npcap is not installed: {wpcap} does not exist";
    }

    // What is wrong with the driver; null when it runs, or when its state may not be asked for.
    private (string Operation, string Reason, int Error)? ReadDriver()
    {
        try
        {
            uint state = setup.QueryService(setup.Service);
            return state == AdvApi32.SERVICE_RUNNING
                ? null
                : ($"QueryServiceStatus({setup.Service})", $"Npcap's driver, the service {setup.Service}, does not run (state {state})", 0);
        }
        catch (NativeException refused) when (refused.Error.Code == Win32.ERROR_SERVICE_DOES_NOT_EXIST)
        {
            return (refused.Operation, $"Npcap's files are there and its driver is not: there is no service {setup.Service}", refused.Error.Code);
        }
        catch (NativeException)
        {
            return null; // opening an adapter will tell
        }
    }

    private bool IsForAdministratorsOnly()
    {
        try
        {
            using RegistryKey? key = Registry.LocalMachine.OpenSubKey(setup.SettingsKey);
            return key?.GetValue("AdminOnly") is int and not 0;
        }
        catch (Exception unreadable) when (unreadable is SecurityException or UnauthorizedAccessException or IOException)
        {
            return false; // opening an adapter will tell
        }
    }
}
