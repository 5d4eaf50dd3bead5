using System.Runtime.Versioning;
using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.Windows;

/// <summary>Any engine of Windows over the reader that they share.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProcessCollector(ProcessCollectorOptions options, ProcessEngine engine, ProcessReader reader) : ProcessCollector(options, engine, reader);
