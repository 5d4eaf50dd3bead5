using System.Runtime.Versioning;
using Sonde.Host.Resolvers.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>Linux: rtnetlink, and where it is refused or absent, /proc with ioctls.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxInterfaceLadder : InterfaceLadder
{
    internal override NetworkInterfaces OpenBest()
    {
        HostException refused;
        try
        {
            return LinuxNetworkInterfaces.OpenAndTry(new LinuxNameResolvers());
        }
        catch (HostException error)
        {
            refused = error;
        }

        try
        {
            // The user is told that this is the lower rung, and why.
            return new LinuxProcInterfaces(
                ProcNetFiles.Find(),
                new LinuxNameResolvers(),
                new Gap(LinuxNetworkInterfaces.Name, ToStatus(refused.Failure), $"{refused.Message}; {LinuxProcInterfaces.Name} serves instead"));
        }
        catch (HostException lower)
        {
            throw new HostException(
                refused.Failure, refused.Operation, refused.Target, refused.NativeError, refused.Reason, new AggregateException(refused, lower));
        }
    }

    internal override IReadOnlyList<BackendStatus> Check() => [LinuxNetworkInterfaces.CheckRung(), LinuxProcInterfaces.CheckRung(ProcNetFiles.Find())];

    private static ReadingStatus ToStatus(HostFailure failure) => failure switch
    {
        HostFailure.AccessDenied => ReadingStatus.Denied,
        HostFailure.Unavailable => ReadingStatus.Unsupported,
        _ => ReadingStatus.Failed,
    };
}
