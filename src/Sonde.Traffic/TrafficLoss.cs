namespace Sonde.Traffic;

/// <summary>Something that happened and was not counted where it belongs.</summary>
/// <param name="What">What was lost, and why: "packets beyond the kernel's flow table".</param>
/// <param name="Count">How many since the start; 0 when none was lost.</param>
/// <param name="Bytes">How many bytes that was; 0 when it is not known.</param>
public sealed record TrafficLoss(string What, long Count, long Bytes = 0);
