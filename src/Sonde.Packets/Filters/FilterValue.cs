namespace Sonde.Packets.Filters;

/// <summary>A computed number: the statements that leave it in a scratch word, and what must hold of the packet before they run.</summary>
internal sealed class FilterValue(List<Statement> statements, int register)
{
    internal List<Statement> Statements { get; } = statements;

    internal int Register { get; set; } = register;

    internal Predicate? Condition { get; set; }
}
