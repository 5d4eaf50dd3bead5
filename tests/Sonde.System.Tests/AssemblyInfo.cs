using System.Runtime.Versioning;
using Sonde.System.Tests;

// The real kernel is shared: namespaces, descriptors and threads are counted, so one test runs at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: LeavesNoDescriptors]
[assembly: SupportedOSPlatform("linux")]
