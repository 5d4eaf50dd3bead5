using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Tun.Windows;

/// <summary>What refusals of Wintun and of the IP Helper functions mean.</summary>
internal static class WindowsTunErrors
{
    /// <summary>A refusal as an exception of this library.</summary>
    /// <param name="refused">What the system said.</param>
    /// <param name="device">The device it was about.</param>
    internal static TunException Explain(NativeException refused, string? device)
    {
        // The file is missing, is for another processor, or is no library that could be used.
        if (refused.Operation.StartsWith("LoadLibrary", StringComparison.Ordinal) || refused.Operation.StartsWith("GetProcAddress", StringComparison.Ordinal))
        {
            string why = refused.Detail ?? refused.Error.ToString();
            return new TunException(
                TunFailure.Unavailable,
                refused.Operation,
                device,
                refused.Error.Code,
                refused.Error.Code == Win32.ERROR_BAD_EXE_FORMAT ? $"{why} (the file must be the one for this processor)"
                    : $"{why}; Wintun is not part of Sonde: the file wintun.dll comes from https://www.wintun.net, 0.14.1 or later",
                refused);
        }

        return TunException.From(refused, device);
    }

    /// <summary>The refusal of a call that returned its error.</summary>
    internal static TunException Refusal(string operation, int error, string? device) => TunException.From(new NativeException(operation, Win32.Error(error)), device);
}
