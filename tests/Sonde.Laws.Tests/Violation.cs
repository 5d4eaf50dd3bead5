namespace Sonde.Laws.Tests;

/// <summary>A place where a law is broken, and how.</summary>
internal sealed record Violation(string Where, string What)
{
    public override string ToString() => $"{Where}: {What}";
}
