using System.Runtime.Versioning;
using Sonde.Windows.Tests;

[assembly: SupportedOSPlatform("windows")]
[assembly: HandleLeakCheck]
// Handles are counted before and after each test: tests that run beside it would be blamed on it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
