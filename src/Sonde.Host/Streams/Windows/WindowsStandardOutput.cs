using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Host.Streams.Windows;

/// <summary>The standard output of a Windows process: a console takes bytes its own way.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsStandardOutput : StandardOutput
{
    private protected override Stream OpenHandle() => Console.IsOutputRedirected ? Over(StandardHandle.Output()) : Console.OpenStandardOutput();
}
