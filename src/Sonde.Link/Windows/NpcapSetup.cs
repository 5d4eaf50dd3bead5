using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Link.Windows;

/// <summary>Where Npcap is looked for. Parameters, so that tests can put something else there.</summary>
[SupportedOSPlatform("windows")]
internal sealed record NpcapSetup
{
    /// <summary>The folder of wpcap.dll and Packet.dll.</summary>
    internal required string Folder { get; init; }

    /// <summary>The folder where WinPcap, which is no longer maintained, put its own.</summary>
    internal required string OldFolder { get; init; }

    /// <summary>The service of the driver.</summary>
    internal string Service { get; init; } = "npcap";

    /// <summary>Asks for the state of a service.</summary>
    internal Func<string, uint> QueryService { get; init; } = AdvApi32.QueryServiceState;

    /// <summary>The key of the local machine that holds the driver's settings.</summary>
    internal string SettingsKey { get; init; } = @"SYSTEM\CurrentControlSet\Services\npcap\Parameters";

    /// <summary>Whether this process has the rights of an administrator.</summary>
    internal Func<bool> IsElevated { get; init; } = static () => Environment.IsPrivilegedProcess;

    /// <summary>The name of the device of the loopback interface.</summary>
    internal string? LoopbackDevice { get; init; } = NpcapName.Loopback;

    /// <summary>Whether Packet.dll must stand beside wpcap.dll.</summary>
    internal bool NeedsPacket { get; init; } = true;

    /// <summary>Functions to be treated as missing.</summary>
    internal IReadOnlyCollection<string> Without { get; init; } = [];

    /// <summary>Npcap where its installer puts it.</summary>
    internal static NpcapSetup Installed() => new()
    {
        Folder = Path.Combine(Environment.SystemDirectory, "Npcap"),
        OldFolder = Environment.SystemDirectory,
    };
}
