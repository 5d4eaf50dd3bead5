namespace Sonde.Packets.Filters;

/// <summary>A filter expression that cannot be compiled, with the place where it went wrong.</summary>
public sealed class PacketFilterException : FormatException
{
    internal PacketFilterException(string expression, int position, string problem)
        : base($"{problem}\n  {Shown(expression)}\n  {new string(' ', Math.Clamp(position, 0, expression.Length))}^")
    {
        Expression = expression;
        Position = position;
        Problem = problem;
    }

    /// <summary>The expression as it was given.</summary>
    public string Expression { get; }

    /// <summary>Where in <see cref="Expression"/> the problem is, counted in characters from 0; its length when something is missing at the end.</summary>
    public int Position { get; }

    /// <summary>What is wrong and what was expected, in one line.</summary>
    public string Problem { get; }

    // Tabs and line breaks would move the caret away from its character.
    private static string Shown(string expression) => string.Create(expression.Length, expression, static (shown, text) =>
    {
        for (int at = 0; at < text.Length; at++)
        {
            shown[at] = char.IsControl(text[at]) ? ' ' : text[at];
        }
    });
}
