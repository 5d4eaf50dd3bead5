using Sonde.Host.Processes;

namespace Sonde.System.Tests;

/// <summary>The files of /proc.</summary>
public sealed class ProcessesByProcAgreeWithProcTests() : ProcessesAgreeWithProcTests(ProcessEngineKind.Proc);
