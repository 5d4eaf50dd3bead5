namespace Sonde.Cli.Commands.Connections;

/// <summary>Where names of other ends come from.</summary>
/// <param name="IsOff">Whether none are wanted.</param>
/// <param name="IsAsking">Whether resolvers are asked.</param>
internal sealed record NameOptions(bool IsOff, bool IsAsking);
