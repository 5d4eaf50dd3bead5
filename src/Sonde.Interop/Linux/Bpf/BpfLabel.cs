namespace Sonde.Interop.Linux.Bpf;

/// <summary>A place in a program that jumps name before or after it is known; made by <see cref="BpfAssembler.DefineLabel"/>.</summary>
internal readonly record struct BpfLabel
{
    internal BpfLabel(int number) => Number = number;

    internal int Number { get; }
}
