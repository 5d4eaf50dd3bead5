using System.Runtime.Versioning;
using Sonde.Interop;

namespace Sonde.Host.Sockets.Linux;

/// <summary>Sockets by the files of /proc/net, which every kernel has: ends, states, queues, users; hardly anything of TCP's own figures.</summary>
/// <remarks>They speak of the network namespace of the thread that reads, not of the one that opened.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class LinuxProcSocketTable : LinuxSocketTable
{
    internal const string Name = "procfs";

    private readonly ProcNetTable[] _tables;
    private readonly Gap? _instead;

    private LinuxProcSocketTable(SocketTableOptions options, SocketOwnerWalk walk, ulong ownNamespace, Gap? instead)
        : base(options, Name, walk, ownNamespace)
    {
        _tables = [.. ProcNetTable.Of(options.Kinds)];
        _instead = instead;
    }

    public override string Backend => Name;

    /// <summary>Opens it.</summary>
    /// <param name="options">What to read.</param>
    /// <param name="instead">Why the better backend does not serve; told with every snapshot.</param>
    /// <exception cref="HostException">There are no such files.</exception>
    internal static LinuxProcSocketTable OpenAndTry(SocketTableOptions options, Gap? instead)
    {
        (SocketOwnerWalk walk, ulong own) = OpenProc(options);
        try
        {
            var table = new LinuxProcSocketTable(options, walk, own, instead);
            table.Try();
            return table;
        }
        catch
        {
            walk.Dispose();
            throw;
        }
    }

    /// <summary>Tries it.</summary>
    internal static BackendStatus CheckRung(SocketTableOptions options)
    {
        const string Provides = "every socket with state, queues and user; no bytes, no round trips";
        try
        {
            using LinuxProcSocketTable table = OpenAndTry(options, instead: null);
            return new BackendStatus(Part, Name, BackendState.Available, Provides, "open(/proc/net/tcp)");
        }
        catch (HostException refused)
        {
            return BackendStatus.From(Part, Name, Provides, refused);
        }
    }

    private protected override void ReadTables(SocketSnapshot snapshot, List<Gap> gaps)
    {
        if (_instead is not null)
        {
            gaps.Add(_instead);
        }

        int firstError = 0;
        bool isAnyRead = false;
        foreach (ProcNetTable table in _tables)
        {
            int error = ReadProcTable(table, OwnNamespace, snapshot, gaps);
            isAnyRead |= error == 0;
            firstError = firstError == 0 ? error : firstError;
            if (error is not (0 or -Interop.Unix.LibC.ENOENT)) // no file: the kernel has no such sockets
            {
                HostException refused = Refused(table, error);
                gaps.Add(new Gap("sockets", refused.Failure == HostFailure.AccessDenied ? ReadingStatus.Denied : ReadingStatus.Failed, refused.Message));
            }
        }

        if (!isAnyRead && firstError != 0)
        {
            throw Refused(_tables[0], firstError);
        }
    }

    private HostException Refused(ProcNetTable table, int error)
    {
        var native = new NativeError(NativeErrorDomain.Errno, -error);
        return new HostException(HostException.Classify(native), $"open({Options.ProcRoot}/net/{table.Name})", target: null, native.Code, native.ToString());
    }

    private void Try()
    {
        // Only the beginning: the whole may be long.
        int length = _tables.Length == 0 ? 0 : Files.ReadRoot(_tables[0].Path, out _, 1024);
        if (length < 0)
        {
            throw Refused(_tables[0], length);
        }
    }
}
