namespace Sonde.Packets.Filters;

/// <summary>What an expression asks, as a tree: leaves are loads with one comparison.</summary>
internal abstract class Predicate
{
    /// <summary>The leaf that is tested first.</summary>
    internal abstract Test First { get; }

    internal static Predicate And(Predicate left, Predicate right) => new Both(left, right, isAnd: true);

    internal static Predicate Or(Predicate left, Predicate right) => new Both(left, right, isAnd: false);

    internal static Predicate Not(Predicate inner) => new Negation(inner);

    /// <summary>Loads a value and compares it.</summary>
    internal sealed class Test(List<Statement> statements, int code, uint operand) : Predicate
    {
        internal List<Statement> Statements { get; set; } = statements;

        internal int Code { get; } = code;

        internal uint Operand { get; } = operand;

        internal override Test First => this;
    }

    internal sealed class Both(Predicate left, Predicate right, bool isAnd) : Predicate
    {
        internal Predicate Left { get; } = left;

        internal Predicate Right { get; } = right;

        internal bool IsAnd { get; } = isAnd;

        internal override Test First { get; } = left.First;
    }

    internal sealed class Negation(Predicate inner) : Predicate
    {
        internal Predicate Inner { get; } = inner;

        internal override Test First { get; } = inner.First;
    }
}
