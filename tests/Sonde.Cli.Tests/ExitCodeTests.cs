using Sonde.Cli.Errors;
using Sonde.Host;
using Sonde.Tun;

namespace Sonde.Cli.Tests;

/// <summary>What a script branches on when the system refuses.</summary>
public sealed class ExitCodeTests
{
    [Theory]
    [InlineData(HostFailure.AccessDenied, 77)]
    [InlineData(HostFailure.Unavailable, 69)]
    [InlineData(HostFailure.NotFound, 1)]
    [InlineData(HostFailure.System, 1)]
    public void A_refusal_of_the_host_has_its_code_and_three_parts(HostFailure failure, int exitCode)
    {
        var error = UserError.From("cannot list x", new HostException(failure, "open", "/x", 13, "Permission denied"));

        Assert.Equal((exitCode, "cannot list x: /x", "open: Permission denied"), (error.ExitCode, error.What, error.Why));
    }

    [Theory]
    [InlineData(TunFailure.AccessDenied, 77)]
    [InlineData(TunFailure.Unavailable, 69)]
    [InlineData(TunFailure.Invalid, 2)]
    [InlineData(TunFailure.Gone, 1)]
    public void A_refusal_of_a_tun_device_has_its_code_and_three_parts(TunFailure failure, int exitCode)
    {
        var error = UserError.From("cannot create", new TunException(failure, "ioctl(TUNSETIFF)", "tun7", 1, "Operation not permitted"));

        Assert.Equal((exitCode, "cannot create 'tun7'", "ioctl(TUNSETIFF): Operation not permitted"), (error.ExitCode, error.What, error.Why));
    }
}
