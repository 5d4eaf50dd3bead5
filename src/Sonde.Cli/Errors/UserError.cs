using Sonde.Host;
using Sonde.Tun;

namespace Sonde.Cli.Errors;

/// <summary>An error as a user reads it: what failed on what, why in the system's words, and what to type to make it work.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="What">What failed, on what; starts in lower case, has no full stop.</param>
/// <param name="Why">Why, in the system's words; null when <paramref name="What"/> says it all.</param>
/// <param name="Advice">Lines whose end, after a colon, can be copied as a command.</param>
internal sealed record UserError(int ExitCode, string What, string? Why, params IReadOnlyList<string> Advice)
{
    /// <summary>The error as it is printed.</summary>
    public override string ToString()
    {
        var lines = new List<string> { $"sonde: {What}" };
        if (Why is not null)
        {
            lines.Add($"  {Why}");
        }

        lines.AddRange(Advice.Select(line => $"  {line}"));
        return string.Join(Environment.NewLine, lines.Select(Output.SafeText.OneLine)) + Environment.NewLine;
    }

    /// <summary>A system's refusal, with the advice of this system.</summary>
    /// <param name="what">What the user wanted: "cannot list the network interfaces".</param>
    /// <param name="refused">What the library reported.</param>
    internal static UserError From(string what, HostException refused) => new(
        refused.Failure switch
        {
            HostFailure.AccessDenied => Cli.ExitCode.NoPermission,
            HostFailure.Unavailable => Cli.ExitCode.Unavailable,
            _ => Cli.ExitCode.Failure,
        },
        refused.Target is null ? what : $"{what}: {refused.Target}",
        $"{refused.Operation}: {refused.Reason}",
        HostAdvice.Create().For(refused));

    /// <summary>A refusal of a TUN device, with the advice of this system.</summary>
    /// <param name="what">What the user wanted: "cannot open the TUN device".</param>
    /// <param name="refused">What the library reported.</param>
    internal static UserError From(string what, TunException refused) => new(
        refused.Failure switch
        {
            TunFailure.AccessDenied => Cli.ExitCode.NoPermission,
            TunFailure.Unavailable => Cli.ExitCode.Unavailable,
            TunFailure.Invalid => Cli.ExitCode.Usage,
            _ => Cli.ExitCode.Failure,
        },
        refused.Device is null ? what : $"{what} '{refused.Device}'",
        $"{refused.Operation}: {refused.Reason}",
        HostAdvice.Create().For(refused));
}
