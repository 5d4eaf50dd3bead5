using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.MacOS;

/// <summary>The engine of macOS over its reader.</summary>
[SupportedOSPlatform("macos")]
internal sealed class MacOSProcessCollector(ProcessCollectorOptions options, ProcessEngine engine, ProcessReader reader) : ProcessCollector(options, engine, reader);
