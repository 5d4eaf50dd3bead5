namespace Sonde.Cli.Records.Filtering;

/// <summary>A filter that cannot be understood: what is wrong, and at which character.</summary>
internal sealed class FilterException(string filter, int position, string problem) : FormatException(problem)
{
    internal string Filter { get; } = filter;

    /// <summary>The character that the problem is at, from 0; the length of the filter for its end.</summary>
    internal int Position { get; } = position;

    /// <summary>A line to stand below the filter, that points at the character.</summary>
    internal string Pointer => new string(' ', Position) + "^ " + Message;
}
