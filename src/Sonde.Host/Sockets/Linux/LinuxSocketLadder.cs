using System.Runtime.Versioning;

namespace Sonde.Host.Sockets.Linux;

/// <summary>Linux: sock_diag, and where it is refused or absent, the files of /proc/net.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxSocketLadder : SocketLadder
{
    internal override SocketTable OpenBest(SocketTableOptions options)
    {
        HostException refused;
        try
        {
            return LinuxDiagSocketTable.OpenAndTry(options);
        }
        catch (HostException error)
        {
            refused = error;
        }

        try
        {
            ReadingStatus status = refused.Failure switch
            {
                HostFailure.AccessDenied => ReadingStatus.Denied,
                HostFailure.Unavailable or HostFailure.NotFound => ReadingStatus.Unsupported,
                _ => ReadingStatus.Failed,
            };

            // The user is told that this is the lower rung, and why.
            return LinuxProcSocketTable.OpenAndTry(options, new Gap(LinuxDiagSocketTable.Name, status, $"{refused.Message}; {LinuxProcSocketTable.Name} serves instead"));
        }
        catch (HostException lower)
        {
            throw new HostException(
                refused.Failure, refused.Operation, refused.Target, refused.NativeError, refused.Reason, new AggregateException(refused, lower));
        }
    }

    internal override IReadOnlyList<BackendStatus> Check() => [LinuxDiagSocketTable.CheckRung(), LinuxProcSocketTable.CheckRung(new SocketTableOptions())];
}
