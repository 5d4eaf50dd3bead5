using Sonde.Host;
using Sonde.Host.Interfaces;

namespace Sonde.Cli.Commands;

/// <summary>The interface that is meant when none is named.</summary>
internal static class DefaultInterface
{
    /// <summary>The one of the default route that is taken first.</summary>
    /// <param name="command">The command, for advice.</param>
    /// <exception cref="Errors.UserErrorException">There is no default route, or nobody tells.</exception>
    internal static string Find(string command)
    {
        try
        {
            using NetworkInterfaces interfaces = NetworkInterfaces.Open();
            NetworkInterface? best = null;
            long least = long.MaxValue;
            foreach (NetworkInterface one in interfaces.Collect().Interfaces)
            {
                foreach (DefaultGateway gateway in one.DefaultGateways.GetValueOrDefault([]))
                {
                    long metric = gateway.Metric.GetValueOrDefault(0);
                    if (best is null || metric < least)
                    {
                        (best, least) = (one, metric);
                    }
                }
            }

            return best?.Name ?? throw UsageError.Of(command, "there is no default route, so the interface must be named", "--interface any captures from all of them; sonde interfaces lists them.");
        }
        catch (HostException refused)
        {
            throw UsageError.Of(command, "the interface must be named", $"The one of the default route cannot be found: {refused.Message}");
        }
    }
}
