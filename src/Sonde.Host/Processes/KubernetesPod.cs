namespace Sonde.Host.Processes;

/// <summary>The Kubernetes pod of a process, from its control group.</summary>
/// <param name="Uid">The pod's uid.</param>
/// <param name="QualityOfService">"guaranteed", "burstable" or "besteffort".</param>
public sealed record KubernetesPod(string Uid, string QualityOfService);
