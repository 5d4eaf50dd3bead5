namespace Sonde.Cli.Errors;

/// <summary>Ends a command with a <see cref="UserError"/>.</summary>
internal sealed class UserErrorException(UserError error, Exception? inner = null) : Exception(error.What, inner)
{
    internal UserError Error { get; } = error;
}
