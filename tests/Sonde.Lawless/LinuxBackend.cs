using System.Runtime.Versioning;

namespace Sonde.Lawless;

/// <summary>Planted: a backend that is public, can be derived from, and lives in no folder of its system.</summary>
[SupportedOSPlatform("linux")]
public class LinuxBackend : Backend;
