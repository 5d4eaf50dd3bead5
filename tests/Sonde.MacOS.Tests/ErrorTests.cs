using Sonde.Host;
using Sonde.Interop;

namespace Sonde.MacOS.Tests;

/// <summary>The same number means another thing on Linux: 35 is EDEADLK there and EAGAIN here.</summary>
public sealed class ErrorTests
{
    [Theory]
    [InlineData("EPERM", HostFailure.AccessDenied)]
    [InlineData("EACCES", HostFailure.AccessDenied)]
    [InlineData("ENOENT", HostFailure.NotFound)]
    [InlineData("ENXIO", HostFailure.NotFound)]
    [InlineData("ENODEV", HostFailure.NotFound)]
    [InlineData("EADDRNOTAVAIL", HostFailure.NotFound)] // what an ioctl about an address that has gone says
    [InlineData("ENOSYS", HostFailure.Unavailable)]
    [InlineData("ENOTSUP", HostFailure.Unavailable)]
    [InlineData("EOPNOTSUPP", HostFailure.Unavailable)]
    [InlineData("EAFNOSUPPORT", HostFailure.Unavailable)]
    [InlineData("EPFNOSUPPORT", HostFailure.Unavailable)]
    [InlineData("EPROTONOSUPPORT", HostFailure.Unavailable)]
    [InlineData("ENOTSOCK", HostFailure.System)] // 38: ENOSYS of Linux
    [InlineData("EMULTIHOP", HostFailure.System)] // 95: EOPNOTSUPP of Linux
    [InlineData("ENOATTR", HostFailure.System)] // 93: EPROTONOSUPPORT of Linux
    [InlineData("ENOLINK", HostFailure.System)] // 97: EAFNOSUPPORT of Linux
    public void An_errno_of_macOS_is_classified_by_its_own_numbers(string name, HostFailure failure)
    {
        Assert.True(new Abi("arm64").TryGetConstant(name, out Int128 number));

        Assert.Equal(failure, HostException.Classify(new NativeError(NativeErrorDomain.DarwinErrno, (int)number)));
    }

    [Theory]
    [InlineData(38)] // ENOSYS
    [InlineData(95)] // EOPNOTSUPP
    public void An_errno_of_Linux_is_still_classified_by_those_of_Linux(int number) =>
        Assert.Equal(HostFailure.Unavailable, HostException.Classify(new NativeError(NativeErrorDomain.Errno, number)));
}
