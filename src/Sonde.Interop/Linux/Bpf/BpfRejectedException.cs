namespace Sonde.Interop.Linux.Bpf;

/// <summary>The kernel did not take a program; the detail is the verifier's own words where it had any.</summary>
internal sealed class BpfRejectedException(string program, NativeError error, VerifierLog? log)
    : NativeException($"bpf(BPF_PROG_LOAD {program})", error, log is { Text.Length: > 0 } ? log.ToString() : null)
{
    /// <summary>All that the verifier said; null when the kernel refused before it came to verify.</summary>
    internal VerifierLog? Log { get; } = log;
}
