using Sonde.Host.Processes;

namespace Sonde.System.Tests;

/// <summary>The kernel's task iterator.</summary>
public sealed class ProcessesByBpfAgreeWithProcTests() : ProcessesAgreeWithProcTests(ProcessEngineKind.Bpf);
