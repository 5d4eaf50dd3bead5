namespace Sonde.Cli.Output;

/// <summary>A column of a table for people.</summary>
/// <param name="Header">Its heading.</param>
/// <param name="Rank">How much it matters: when the terminal is narrow the columns of the highest rank go first; rank 0 stays.</param>
/// <param name="IsNumber">Whether its cells stand at the right.</param>
internal sealed record TableColumn(string Header, int Rank = 0, bool IsNumber = false);
