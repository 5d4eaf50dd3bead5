using Sonde.Host;
using Sonde.Host.Interfaces;
using Sonde.Link;

namespace Sonde.Cli.Errors;

/// <summary>A refusal of raw frames as a user reads it.</summary>
internal static class LinkErrors
{
    /// <summary>The error of a command.</summary>
    /// <param name="what">What the user wanted: "cannot capture".</param>
    /// <param name="command">The command, for advice: "sonde capture --interface".</param>
    /// <param name="refused">What the library reported.</param>
    internal static UserErrorException From(string what, string command, LinkException refused) => new(
        new UserError(
            refused.Failure switch
            {
                LinkFailure.AccessDenied => ExitCode.NoPermission,
                LinkFailure.NotSupported or LinkFailure.BackendMissing => ExitCode.Unavailable,
                _ => ExitCode.Failure,
            },
            refused.InterfaceName is { } name ? $"{what} on '{name}'" : what,
            $"{refused.Operation}: {refused.Reason}",
            Advice(command, refused)),
        refused);

    private static IReadOnlyList<string> Advice(string command, LinkException refused) => refused.Failure switch
    {
        LinkFailure.AccessDenied or LinkFailure.BackendMissing => HostAdvice.Create().For(BackendOf(FrameDevice.CheckAccess())),
        LinkFailure.NoSuchInterface => Near(command, refused.InterfaceName ?? string.Empty),
        LinkFailure.InterfaceDown => [$"To see its state:    sonde interfaces {refused.InterfaceName}"],
        _ => [],
    };

    /// <summary>A way to frames as a rung of the doctor's ladders.</summary>
    internal static BackendStatus BackendOf(FrameAccess access) => new(
        "frames",
        access.Backend,
        access.State switch
        {
            FrameAccessState.Available => BackendState.Available,
            FrameAccessState.Denied => BackendState.Denied,
            _ => BackendState.Unavailable,
        },
        access.Provides,
        access.Operation,
        access.Reason,
        access.NativeError,
        access.MissingRights);

    private static List<string> Near(string command, string name)
    {
        var advice = new List<string>();
        try
        {
            using NetworkInterfaces interfaces = NetworkInterfaces.Open();
            if (Nearest.To(name, interfaces.Collect().Interfaces.Select(static one => one.Name)) is { } near)
            {
                advice.Add($"Did you mean:        {command} {near}");
            }
        }
        catch (HostException)
        {
            // The advice below still holds.
        }

        advice.Add("To see all of them:  sonde interfaces");
        return advice;
    }
}
