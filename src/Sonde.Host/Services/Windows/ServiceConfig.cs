using Sonde.Host.Interfaces.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Services.Windows;

/// <summary>What QueryServiceConfig tells of a service.</summary>
internal sealed record ServiceConfig(uint Start, string Command, string Account)
{
    /// <summary>Reads an answer, on any system and without trusting it.</summary>
    internal static ServiceConfig? Parse(AddressedBytes answer) => NativeStruct.TryRead(answer.Bytes, out QUERY_SERVICE_CONFIGW config)
        ? new ServiceConfig(config.dwStartType, WideText.ToText(answer.ReadWideText(config.lpBinaryPathName)), WideText.ToText(answer.ReadWideText(config.lpServiceStartName)))
        : null;

    /// <summary>The text of a SERVICE_DESCRIPTIONW; empty when there is none.</summary>
    internal static string ParseDescription(AddressedBytes answer) =>
        NativeStruct.TryRead(answer.Bytes, out SERVICE_DESCRIPTIONW description) ? WideText.ToText(answer.ReadWideText(description.lpDescription)) : string.Empty;

    /// <summary>Whether a SERVICE_DELAYED_AUTO_START_INFO says yes.</summary>
    internal static bool ParseDelayed(ReadOnlySpan<byte> answer) => NativeStruct.TryRead(answer, out SERVICE_DELAYED_AUTO_START_INFO delayed) && delayed.fDelayedAutostart != 0;
}
