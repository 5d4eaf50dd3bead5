namespace Sonde.Host.Processes;

/// <summary>The job object and the silo of a Windows process.</summary>
/// <param name="IsInJob">Whether it is in any job.</param>
/// <param name="JobId">The job's number.</param>
/// <param name="SiloId">The server silo: the container it is in.</param>
/// <param name="Limits">The job's limits in words: "memory 2147483648", "processes 10".</param>
public sealed record WindowsJob(Reading<bool> IsInJob, Reading<uint> JobId, Reading<uint> SiloId, Reading<IReadOnlyList<string>> Limits);
